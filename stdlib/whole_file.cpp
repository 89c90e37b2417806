#include "stdlib/whole_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace watchword::stdlib {

std::optional<std::string> whole_file(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return std::nullopt;
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    return file.bad() ? std::nullopt : std::optional(std::move(text));
}

} // namespace watchword::stdlib
