// The files of a starter project: a policy with its tests, a list, records to try it on, and a source for each of the
// user's own logs. Texts only; whoever asked writes them.
#pragma once

#include "desk/sample.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::desk {

struct StarterFile {
    std::string name; ///< relative to the project's folder
    std::string text;
};

/// A log of the user's own: its name in the language, and what was seen of it.
struct StarterLog {
    std::string name;
    std::string path; ///< as it was given, for the commands that the project shows
    Sample sample;
};

/// `name` is a name of the language. Policy text is canonical.
std::vector<StarterFile> starter_files(std::string_view name, const std::vector<StarterLog>& logs);

/// The commands that try the project, one a line, to be typed inside of its folder.
std::vector<std::string> starter_commands(std::string_view name, const std::vector<StarterLog>& logs);

} // namespace watchword::desk
