#include "dsl/file_names.hpp"

#include <filesystem>

namespace watchword::dsl {

std::string path_beside(std::string_view name, std::string_view from) {
    const std::filesystem::path path{name};
    const bool stands_alone = path.is_absolute() || from.starts_with("<");
    return (stands_alone ? path : std::filesystem::path{from}.parent_path() / path).string();
}

std::string normal_name(std::string_view name) { return std::filesystem::path{name}.lexically_normal().string(); }

} // namespace watchword::dsl
