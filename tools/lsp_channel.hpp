// Messages of the language server protocol over two file descriptors: headers, their lengths, nothing of what is said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace watchword::tools {

class Channel {
public:
    /// The descriptors stay the caller's.
    Channel(int in, int out) : in_(in), out_(out) {}

    enum class Outcome { message, end, broken };
    /// Waits for the next message. `broken`: what comes cannot be told apart any more, and `problem` says why.
    Outcome next(std::string& content, std::string& problem);
    /// More has come already.
    bool is_waiting() const;
    /// False once nobody reads.
    bool send(std::string_view content);

    static constexpr std::size_t most_bytes = std::size_t{64} << 20; ///< of one message

private:
    bool fill();
    /// The length that the headers say; false with a problem.
    bool read_length(std::string_view headers, std::size_t& length, std::string& problem) const;

    int in_, out_;
    std::string buffer_;
    std::size_t begin_ = 0; ///< of what was not taken yet
    bool at_end_ = false;
};

} // namespace watchword::tools
