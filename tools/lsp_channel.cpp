// Reads as much as there is, gives out message by message.
#include "tools/lsp_channel.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <poll.h>
#include <unistd.h>

namespace watchword::tools {

namespace {

constexpr std::size_t most_header_bytes = 8192;

bool is_length_header(std::string_view line) {
    constexpr std::string_view name = "content-length:";
    return runtime::equal_folded(line.substr(0, name.size()), name);
}

} // namespace

bool Channel::fill() {
    if (begin_ > 0 && begin_ >= buffer_.size() / 2) {
        buffer_.erase(0, begin_);
        begin_ = 0;
    }
    char bytes[65536];
    ssize_t count = 0;
    do {
        count = ::read(in_, bytes, sizeof bytes);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) {
        at_end_ = true;
        return false;
    }
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
}

bool Channel::read_length(std::string_view headers, std::size_t& length, std::string& problem) const {
    bool known = false;
    while (!headers.empty()) {
        const std::size_t end = std::min(headers.find("\r\n"), headers.size());
        std::string_view line = headers.substr(0, end);
        headers.remove_prefix(std::min(end + 2, headers.size()));
        if (!is_length_header(line)) continue;
        line.remove_prefix(line.find(':') + 1);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
        const auto [behind, error] = std::from_chars(line.data(), line.data() + line.size(), length);
        if (error != std::errc{} || behind != line.data() + line.size() || line.empty()) {
            problem = "a message whose `Content-Length` is no number";
            return false;
        }
        known = true;
    }
    if (!known)
        problem = "a message without `Content-Length`";
    else if (length > most_bytes)
        problem = fmt::format("a message of {} bytes; at most {} are taken", length, most_bytes);
    return known && length <= most_bytes;
}

Channel::Outcome Channel::next(std::string& content, std::string& problem) {
    constexpr std::string_view end_of_headers = "\r\n\r\n";
    std::size_t end = std::string::npos;
    while ((end = buffer_.find(end_of_headers, begin_)) == std::string::npos) {
        if (buffer_.size() - begin_ > most_header_bytes) {
            problem = "what comes are no messages of the language server protocol";
            return Outcome::broken;
        }
        if (at_end_ || !fill()) return Outcome::end;
    }
    std::size_t length = 0;
    if (!read_length(std::string_view{buffer_}.substr(begin_, end - begin_), length, problem)) return Outcome::broken;
    begin_ = end + end_of_headers.size();
    while (buffer_.size() - begin_ < length)
        if (at_end_ || !fill()) return Outcome::end;
    content.assign(buffer_, begin_, length);
    begin_ += length;
    return Outcome::message;
}

bool Channel::is_waiting() const {
    if (begin_ < buffer_.size()) return true;
    pollfd asked{in_, POLLIN, 0};
    return !at_end_ && ::poll(&asked, 1, 0) > 0 && (asked.revents & POLLIN) != 0;
}

bool Channel::send(std::string_view content) {
    const std::string message = fmt::format("Content-Length: {}\r\n\r\n{}", content.size(), content);
    std::string_view rest = message;
    while (!rest.empty()) {
        const ssize_t count = ::write(out_, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace watchword::tools
