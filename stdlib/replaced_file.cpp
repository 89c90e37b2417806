#include "stdlib/replaced_file.hpp"

#include "stdlib/sources/bytes.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace watchword::stdlib {

namespace {

/// A name is on the disk when its folder is.
void sync_folder(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
    const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    ::fsync(file);
    ::close(file);
}

/// Closes it; what went wrong, or nothing.
std::string write_and_close(int file, std::string_view bytes, bool is_on_disk) {
    std::string problem, ignored;
    if (!write_all(file, bytes, ignored) || (is_on_disk && ::fsync(file) != 0)) problem = std::strerror(errno);
    if (::close(file) != 0 && problem.empty()) problem = std::strerror(errno);
    return problem;
}

std::string write_in_place(const std::string& path, std::string_view bytes, const Replacing& how) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, how.mode);
    return file < 0 ? std::strerror(errno) : write_and_close(file, bytes, how.is_on_disk);
}

/// No file may be made there, though one that is there may be written.
bool is_closed_folder(int reason) {
    return reason == EACCES || reason == EPERM || reason == EROFS || reason == ENAMETOOLONG;
}

std::string replace(const std::string& path, std::string_view bytes, const Replacing& how) {
    struct stat there {};
    const bool is_there = ::stat(path.c_str(), &there) == 0;
    if (!is_there && errno != ENOENT) return std::strerror(errno);
    if (is_there && !S_ISREG(there.st_mode)) return write_in_place(path, bytes, how);
    if (is_there && how.keeps_mode && ::access(path.c_str(), W_OK) != 0) return std::strerror(errno);
    const std::string beside = how.is_locked ? path + ".new" : fmt::format("{}.{}.new", path, ::getpid());
    ::unlink(beside.c_str()); // left by one that was killed
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, how.mode);
    if (file < 0 && is_there && is_closed_folder(errno)) return write_in_place(path, bytes, how);
    if (file < 0) return std::strerror(errno);
    if (is_there && how.keeps_mode) static_cast<void>(::fchmod(file, there.st_mode & 07777));
    std::string problem = write_and_close(file, bytes, how.is_on_disk);
    if (problem.empty() && std::rename(beside.c_str(), path.c_str()) != 0) problem = std::strerror(errno);
    if (!problem.empty()) ::unlink(beside.c_str());
    if (problem.empty() && how.is_on_disk) sync_folder(path);
    return problem;
}

} // namespace

std::string followed(const std::string& path) {
    std::filesystem::path place{path};
    std::error_code error;
    constexpr int most = 40; // as the system has it
    for (int links = 0; links < most && std::filesystem::is_symlink(place, error); ++links)
        place = place.parent_path() / std::filesystem::read_symlink(place, error);
    return place.string();
}

std::string replace_file(const std::string& path, std::string_view bytes, const Replacing& how) {
    std::string problem = replace(followed(path), bytes, how);
    return problem.empty() ? problem : fmt::format("cannot write `{}`: {}", path, problem);
}

} // namespace watchword::stdlib
