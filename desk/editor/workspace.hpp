// The policy files that somebody edits: open texts, which win over the disk, and what each file compiles to as a root
// of its own. A file is known by its path, a standard module by `<hr>`. Knows neither editors nor their protocol; the
// disk is what the host says it is.
#pragma once

#include "dsl/compiler.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::desk {

/// One file, checked with what it uses; as `watchword check` does it.
struct CheckedFile {
    dsl::Sources sources;
    dsl::Diagnostics diagnostics; ///< sorted
    dsl::Model model;             ///< of what could be read: with errors, indices in it may be `none`
    std::uint32_t tree = 0;       ///< of the file itself, in the model
    std::uint32_t root = 0;       ///< the same in `sources`
    /// What it was made of: paths, and what each looked like.
    std::vector<std::pair<std::string, std::uint64_t>> inputs;

    const std::string& text() const { return sources.file(root).text; }
    bool fine() const { return !diagnostics.failed(); }
    /// A file of `sources` as the workspace knows it.
    const std::string& path(std::uint32_t file) const { return sources.file(file).name; }
};

/// What a workspace asks its host for.
struct Disk {
    /// The text of a file; nullopt: not there, not readable, or too large.
    std::function<std::optional<std::string>(const std::string& path)> read;
    /// Changes whenever the file does; 0: not there.
    std::function<std::uint64_t(const std::string& path)> stamp;
    /// The policy files of the folders that are worked in.
    std::function<std::vector<std::string>()> list;
};

class Workspace {
public:
    /// `options` as for the compiler, but for `read`; what they point to must outlive the workspace.
    Workspace(dsl::CompilerOptions options, Disk disk);

    /// A text that is edited, or its next state.
    void open(const std::string& path, std::string text);
    void close(const std::string& path);
    bool is_open(const std::string& path) const { return documents_.contains(path); }
    std::vector<std::string> open_paths() const;
    /// Of an open file, a standard module, or the disk.
    std::optional<std::string> text(const std::string& path) const;
    /// Open files and those of the disk, by name.
    std::vector<std::string> paths() const;

    /// Of one file; what is longer is shown, not checked.
    static constexpr std::size_t most_bytes = std::size_t{16} << 20;

    /// An open file as it is now. The same object until it or what it uses changes; nullptr: it is not open.
    const CheckedFile* checked(const std::string& path);
    /// The newest state of it that had no errors; nullptr: there was none.
    const CheckedFile* last_fine(const std::string& path) const;
    /// Any file, made anew; nullptr: it cannot be read.
    std::unique_ptr<CheckedFile> check(const std::string& path) const;
    /// The same without advice, which takes a part of the time.
    std::unique_ptr<CheckedFile> check_quickly(const std::string& path) const;
    /// For trials: open texts as here, nothing checked yet.
    Workspace copy() const;

private:
    struct Document {
        std::string text;
        std::uint64_t revision = 0;
        dsl::ParsedFiles parsed;
        std::unique_ptr<CheckedFile> now, fine;
    };
    std::unique_ptr<CheckedFile> make(const std::string& path, dsl::ParsedFiles* parsed, bool lint) const;
    std::uint64_t stamp(const std::string& path) const;
    std::optional<std::string_view> standard_text(std::string_view path) const;

    dsl::CompilerOptions options_;
    Disk disk_;
    std::map<std::string, Document> documents_;
    std::uint64_t revisions_ = 0;
};

} // namespace watchword::desk
