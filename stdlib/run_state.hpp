// The file in which a run keeps how far it came, so that the next run goes on behind it: the engine, where the inputs
// stand, what the summary has counted. One snapshot of kind R (runtime/snapshot.hpp):
//   key of pseudonyms, as a mark · engine's snapshot · inputs (Input::save) · first and last time, alerts, action ends,
//   risk alerts per level, unknown accounts
#pragma once

#include "stdlib/run_summary.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace watchword::stdlib {

/// The file that holds the state, for one run at a time.
class StateFile {
public:
    StateFile() = default;
    ~StateFile();
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;

    /// Takes it, and what is in it, nothing if there is no such file. A link is followed. What was wrong, or nothing:
    /// another run has it, it cannot be read, or none could be written there.
    std::string open(const std::string& path, std::optional<std::string>& bytes);
    /// In one step: a file beside it, `PATH.new`, brought to the disk, takes its name; mode 0600. What was wrong, or
    /// nothing.
    std::string replace(std::string_view bytes) const;

private:
    std::string lock();

    std::string path_;
    int lock_ = -1; ///< of `PATH.lock`, which goes with the run
};

/// `identity_key` is the engine's; a state is of use only with the key that its alerts' ids were made with.
std::string save_run(const runtime::Engine& engine, const Input& input, const RunSummary& summary,
                     const runtime::Program& program, std::string_view identity_key);
/// Into an engine and an input that have not begun. One sentence if it cannot be, and then neither may be used.
std::string load_run(std::string_view state, runtime::Engine& engine, Input& input, RunSummary& summary,
                     const runtime::Program& program, std::string_view identity_key);

} // namespace watchword::stdlib
