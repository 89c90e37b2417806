// The disk as a language server sees it: folders that are worked in, addresses of files, and standard modules, which
// are written into a folder of the cache so that any editor can open them.
#pragma once

#include "desk/editor/workspace.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::tools {

class EditorFiles {
public:
    void add_folder(std::string_view uri);
    void remove_folder(std::string_view uri);

    /// The path that a workspace knows the file by: of a written standard module `<hr>`; what is no `file:` stays.
    std::string path_of(std::string_view uri);
    /// Empty: it cannot be shown. Written standard modules are made when they are first asked for.
    std::string uri_of(const std::string& path);

    /// Reads through this object, which must outlive it.
    desk::Disk disk();

private:
    std::vector<std::string> list() const;
    const std::string& module_folder(); ///< with the modules in it; empty: there is no place for them
    static std::string module_folder_name();

    std::vector<std::string> folders_;
    std::map<std::string, std::string> uris_; ///< as the editor writes them, by path
    std::string module_folder_;
    bool wrote_modules_ = false;
};

} // namespace watchword::tools
