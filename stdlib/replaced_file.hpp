// Files that are written whole: whoever reads one sees all of what was there or all of what is there now, and a full
// disk costs nothing that was there.
#pragma once

#include <string>
#include <string_view>

namespace watchword::stdlib {

struct Replacing {
    unsigned mode = 0666;    ///< of a new file, less what the umask takes
    bool keeps_mode = true;  ///< what there is keeps its own, and stays as it is where that allows no writing
    bool is_locked = false;  ///< nobody else writes there: what is beside it has one name, `PATH.new`
    bool is_on_disk = false; ///< not before it is there for good
};

/// Puts `bytes` in the place of the file, or makes it: what is written beside it takes its name. A link is followed.
/// What is no file, such as /dev/stdout, is written as it is, and so is a file beside which none may be made.
/// Empty; else why it cannot be written.
std::string replace_file(const std::string& path, std::string_view bytes, const Replacing& how = {});

/// Where a link leads, also if there is nothing yet.
std::string followed(const std::string& path);

} // namespace watchword::stdlib
