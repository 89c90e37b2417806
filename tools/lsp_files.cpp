// `file:` addresses, folders walked with an end to it, and the copies of the standard modules.
#include "tools/lsp_files.hpp"

#include "stdlib/modules.hpp"
#include "stdlib/replaced_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>
#include <unistd.h>

namespace watchword::tools {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 2000;
constexpr std::size_t most_entries = 100'000;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
        if (low < 0) {
            result += text[at];
            continue;
        }
        result += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return result;
}

std::string encoded(std::string_view path) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    std::string result;
    for (const char c : path) {
        if (plain.find(c) != std::string_view::npos)
            result += c;
        else
            result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

constexpr std::string_view scheme = "file://";

/// The path of a `file:` address; empty: it is none.
std::string file_path(std::string_view uri) {
    if (!uri.starts_with(scheme)) return {};
    uri.remove_prefix(scheme.size());
    const std::size_t slash = uri.find('/'); // behind the host, which is this one
    if (slash == std::string_view::npos) return {};
    std::string path = decoded(uri.substr(slash));
    if (path.find('\0') != std::string::npos) return {};
    return fs::path{path}.lexically_normal().string();
}

std::optional<std::string> read_file(const std::string& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error) || error) return std::nullopt; // a pipe would be waited for
    if (fs::file_size(path, error) > desk::Workspace::most_bytes || error) return std::nullopt;
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    return file.bad() ? std::nullopt : std::optional(std::move(text));
}

std::uint64_t stamp_of(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return 0;
    const auto nanoseconds = static_cast<std::uint64_t>(found.st_mtim.tv_sec) * 1'000'000'000U +
                             static_cast<std::uint64_t>(found.st_mtim.tv_nsec);
    return nanoseconds * 31 + static_cast<std::uint64_t>(found.st_size) + 1;
}

/// Nobody is to change it.
bool write_module(const fs::path& path, std::string_view text) {
    if (const auto known = read_file(path.string()); known && *known == text) return true;
    return stdlib::replace_file(path.string(), text, {.mode = 0444, .keeps_mode = false}).empty();
}

} // namespace

void EditorFiles::add_folder(std::string_view uri) {
    const std::string path = file_path(uri);
    if (!path.empty() && std::find(folders_.begin(), folders_.end(), path) == folders_.end()) folders_.push_back(path);
}

void EditorFiles::remove_folder(std::string_view uri) { std::erase(folders_, file_path(uri)); }

std::string EditorFiles::module_folder_name() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    fs::path folder = variable("XDG_CACHE_HOME");
    if (folder.empty() && !variable("HOME").empty()) folder = fs::path{variable("HOME")} / ".cache";
    return folder.is_absolute() ? (folder / "watchword" / "modules").lexically_normal().string() : std::string();
}

const std::string& EditorFiles::module_folder() {
    if (wrote_modules_) return module_folder_;
    wrote_modules_ = true;
    const std::string folder = module_folder_name();
    std::error_code error;
    if (folder.empty()) return module_folder_;
    fs::create_directories(folder, error);
    for (const stdlib::Module& module : stdlib::modules())
        if (!write_module(fs::path{folder} / fmt::format("{}.watch", module.name), module.text)) return module_folder_;
    module_folder_ = folder;
    return module_folder_;
}

std::string EditorFiles::path_of(std::string_view uri) {
    std::string path = file_path(uri);
    if (path.empty()) path = uri;
    const fs::path file{path};
    if (const std::string folder = module_folder_name(); !folder.empty() && file.parent_path() == folder)
        for (const stdlib::Module& module : stdlib::modules())
            if (file.filename() == fmt::format("{}.watch", module.name)) path = fmt::format("<{}>", module.name);
    uris_[path] = uri;
    return path;
}

std::string EditorFiles::uri_of(const std::string& path) {
    if (const auto known = uris_.find(path); known != uris_.end()) return known->second;
    if (path.starts_with("/")) return fmt::format("{}{}", scheme, encoded(path));
    if (!path.starts_with("<") || module_folder().empty()) return {};
    return fmt::format("{}{}/{}.watch", scheme, encoded(module_folder()), path.substr(1, path.size() - 2));
}

std::vector<std::string> EditorFiles::list() const {
    std::vector<std::string> result;
    std::size_t entries = 0;
    for (const std::string& folder : folders_) {
        std::error_code error;
        fs::recursive_directory_iterator entry{folder, fs::directory_options::skip_permission_denied, error}, end;
        for (; !error && entry != end && entries < most_entries && result.size() < most_files; entry.increment(error)) {
            ++entries;
            const std::string name = entry->path().filename().string();
            std::error_code gone;
            if (name.starts_with(".") || name == "node_modules") {
                if (entry->is_directory(gone)) entry.disable_recursion_pending();
            } else if (entry->path().extension() == ".watch" && entry->is_regular_file(gone)) {
                result.push_back(entry->path().lexically_normal().string());
            }
        }
    }
    return result;
}

desk::Disk EditorFiles::disk() {
    return {read_file, stamp_of, [this] { return list(); }};
}

} // namespace watchword::tools
