// Two versions of policy texts as a list of small changes, each of which can be made alone. Works on canonical text,
// where each clause has a line of its own; tests are left out, since no alert depends on them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace watchword::desk {

struct PolicyFile {
    std::string name; ///< of the file
    std::string text;
    bool standard = false;
};

/// Lines of one file that became other lines.
struct TextChange {
    std::size_t file = 0;  ///< index in TextChanges::files
    std::size_t first = 0; ///< line, from 0, of the old canonical text
    std::vector<std::string> before, after;
};

struct ChangedFile {
    std::string name;               ///< of the new version, unless it is gone
    std::vector<std::string> lines; ///< old canonical text
    bool standard = false;
};

struct TextChanges {
    std::vector<ChangedFile> files;
    std::vector<TextChange> changes; ///< by file, then place
};

/// Files are paired by their names, two single ones whatever they are called. Both must compile.
TextChanges text_changes(const std::vector<PolicyFile>& before, const std::vector<PolicyFile>& after);
/// The old text with those changes that `chosen` says.
std::vector<PolicyFile> text_with(const TextChanges& changes, const std::vector<bool>& chosen);
/// What of the texts decides how foreign records are read: all but policies, signals and tests.
std::string reading_text(const std::vector<PolicyFile>& files);
/// On one line: "`when count() over 1h > 5` became `when count() over 1h > 3`".
std::string describe(const TextChange& change);

} // namespace watchword::desk
