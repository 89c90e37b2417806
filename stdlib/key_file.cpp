// The key file is written beside its place and linked into it, so that no run ever reads half a key.
#include "stdlib/key_file.hpp"

#include "stdlib/sinks/json_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace watchword::stdlib {

namespace {

constexpr std::size_t key_bytes = 32;

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

/// Writes all of `text`; an empty text, or errno in words.
std::string write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return std::strerror(errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

std::string random_hex() {
    std::array<unsigned char, key_bytes> bytes{};
    if (::getentropy(bytes.data(), bytes.size()) != 0) return {};
    std::string result;
    for (const unsigned char byte : bytes) result += fmt::format("{:02x}", byte);
    return result;
}

/// An empty text, or what went wrong. That somebody else made the key meanwhile is fine.
std::string make_key(const std::string& path) {
    std::error_code error;
    const auto folder = std::filesystem::path{path}.parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, error);
    if (error) return fmt::format("cannot make the folder {} for the key: {}", folder.string(), error.message());
    const std::string key = random_hex();
    if (key.empty()) return "cannot make a key: the system gives no random numbers";

    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return fmt::format("cannot write the key file {}: {}", path, std::strerror(errno));
    std::string problem = write_all(file, key + "\n");
    ::close(file);
    if (problem.empty() && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) problem = std::strerror(errno);
    ::unlink(draft.c_str());
    return problem.empty() ? "" : fmt::format("cannot write the key file {}: {}", path, problem);
}

} // namespace

std::string default_key_path() {
    if (const auto folder = variable("XDG_CONFIG_HOME"); !folder.empty())
        return fmt::format("{}/watchword/key", folder);
    if (const auto home = variable("HOME"); !home.empty()) return fmt::format("{}/.config/watchword/key", home);
    return {};
}

std::string default_reveal_log(std::string_view key_path) {
    return (std::filesystem::path{key_path}.parent_path() / "reveal.log").string();
}

std::variant<std::string, FileProblem> load_key(const std::string& path, bool make) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno != ENOENT || !make)
            return FileProblem{fmt::format("cannot read the key file {}: {}", path, std::strerror(errno))};
        if (std::string problem = make_key(path); !problem.empty()) return FileProblem{std::move(problem)};
        if (::stat(path.c_str(), &status) != 0)
            return FileProblem{fmt::format("cannot read the key file {}: {}", path, std::strerror(errno))};
    }
    if (!S_ISREG(status.st_mode)) return FileProblem{fmt::format("the key file {} is not a file", path)};
    if ((status.st_mode & 077) != 0)
        return FileProblem{fmt::format("the key file {} can be read by others; run `chmod 600 {}`", path, path)};
    std::ifstream file{path, std::ios::binary};
    std::string key{std::istreambuf_iterator<char>{file}, {}};
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
    if (!file && !file.eof()) return FileProblem{fmt::format("cannot read the key file {}", path)};
    if (key.size() < 16) return FileProblem{fmt::format("the key in {} is too short: 16 characters at least", path)};
    return key;
}

std::string append_reveal(const std::string& path, const RevealEntry& entry) {
    std::string line;
    JsonWriter json{line};
    json.begin_object();
    json.member("time", entry.time);
    json.member("user", entry.user);
    json.member("reason", entry.reason);
    json.member("command", entry.command);
    json.end_object();
    line += '\n';

    std::error_code ignored;
    const auto folder = std::filesystem::path{path}.parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return fmt::format("cannot write the reveal log {}: {}", path, std::strerror(errno));
    std::string problem = write_all(file, line);
    if (::close(file) != 0 && problem.empty()) problem = std::strerror(errno);
    return problem.empty() ? "" : fmt::format("cannot write the reveal log {}: {}", path, problem);
}

} // namespace watchword::stdlib
