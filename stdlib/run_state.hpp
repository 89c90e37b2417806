// The file in which a run keeps how far it came, so that the next run goes on behind it: the engine, where the inputs
// stand, what the summary has counted. One snapshot of kind R (runtime/snapshot.hpp):
//   key of pseudonyms, as a mark · engine's snapshot · inputs (Input::save) · first and last time, alerts, action ends,
//   risk alerts per level, unknown accounts
#pragma once

#include "stdlib/run_summary.hpp"

#include <string>
#include <string_view>

namespace watchword::stdlib {

/// Replaces `path` in one step: a file beside it, brought to the disk, takes its name; mode 0600. What was wrong, or
/// nothing.
std::string replace_file(const std::string& path, std::string_view bytes);

/// `identity_key` is the engine's; a state is of use only with the key that its alerts' ids were made with.
std::string save_run(const runtime::Engine& engine, const Input& input, const RunSummary& summary,
                     const runtime::Program& program, std::string_view identity_key);
/// Into an engine and an input that have not begun. One sentence if it cannot be, and then neither may be used.
std::string load_run(std::string_view state, runtime::Engine& engine, Input& input, RunSummary& summary,
                     const runtime::Program& program, std::string_view identity_key);

} // namespace watchword::stdlib
