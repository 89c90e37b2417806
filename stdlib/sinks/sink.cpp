// Which formats there are, and a sink that writes one of them to a file.
#include "stdlib/sinks/sink.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <unistd.h>

namespace watchword::stdlib {

namespace {

constexpr std::array<std::pair<std::string_view, AlertFormat>, 3> formats{{
    {"ndjson", append_ndjson},
    {"table", append_table},
    {"ocsf", append_ocsf},
}};
constexpr std::size_t buffer_bytes = std::size_t{1} << 16;

} // namespace

AlertFormat find_format(std::string_view name) {
    for (const auto& [known, format] : formats)
        if (known == name) return format;
    return nullptr;
}

std::string_view policy_name(const runtime::Alert& alert, const runtime::Program& program) {
    if (alert.policy >= program.policies.size()) return "risk";
    return program.policies[alert.policy].name;
}

FileSink::FileSink(std::FILE* file, AlertFormat format, AlertContext context)
    : file_(file), format_(format), context_(context) {}

bool FileSink::write(const runtime::Alert& alert) {
    format_(buffer_, alert, context_);
    return buffer_.size() < buffer_bytes || pour();
}

bool FileSink::flush() {
    if (!pour()) return false;
    if (std::fflush(file_) == 0) return true;
    problem_ = fmt::format("cannot write alerts: {}", std::strerror(errno));
    return false;
}

bool FileSink::sync() {
    if (!flush()) return false;
    if (::fsync(::fileno(file_)) == 0 || errno == EINVAL || errno == EROFS)
        return true; // pipes and terminals have no disk
    problem_ = fmt::format("cannot write alerts: {}", std::strerror(errno));
    return false;
}

bool FileSink::pour() {
    if (!problem_.empty()) return false;
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size())
        problem_ = fmt::format("cannot write alerts: {}", std::strerror(errno));
    buffer_.clear();
    return problem_.empty();
}

} // namespace watchword::stdlib
