// The bytes of files and streams: plain, gzip, zstd, told by their first bytes and not by their names. Knows nothing of
// lines or records.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace watchword::stdlib {

/// One file or stream from its beginning to its end, decompressed. A UTF-8 byte order mark is skipped; UTF-16 is an
/// error. Not thread-safe.
class ByteStream {
public:
    /// `-` is standard input. nullptr and a sentence in `error` if it cannot be opened or is a directory.
    /// `stop`: as of `read`; a named pipe that nobody writes to is waited for there, not here.
    static std::unique_ptr<ByteStream> open(const std::string& path, std::string& error,
                                            const std::atomic<bool>* stop = nullptr);
    ~ByteStream();
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    /// Up to `space` bytes, as many as are there; 0 at the end or on failure (then `error` is not empty).
    /// 0 too when `stop` becomes true while a pipe is waited for.
    std::size_t read(char* into, std::size_t space, const std::atomic<bool>* stop = nullptr);
    /// The next `read` is sure not to wait for others.
    bool is_ready() const;
    const std::string& error() const;
    bool is_regular() const;    ///< a file with an end, not a pipe or terminal
    bool is_compressed() const; ///< gzip or zstd
    const std::string& path() const;

private:
    friend class Contents;
    struct State;
    explicit ByteStream(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// All bytes of a finite input at once: mapped, or decompressed to memory or a temporary file that nobody else can see.
/// The views stay valid as long as it lives. A file that somebody shortens meanwhile ends the process, as it does for
/// every program that maps files.
class Contents {
public:
    Contents() = default;
    ~Contents();
    Contents(Contents&& other) noexcept;
    Contents& operator=(Contents&& other) noexcept;

    /// Decompressed bytes up to `memory` stay in memory, more go to a file in `temporary`. On failure half way
    /// `error` says so and what came before is there, up to its last whole line.
    static Contents load(ByteStream& stream, std::size_t memory, const std::string& temporary, std::string& error);
    /// Bytes that are in memory already.
    static Contents of(std::string bytes);
    std::string_view bytes() const { return bytes_; }
    /// The system may have back the memory of the bytes from `begin` to `end`: they will hardly be looked at again.
    /// They can be all the same. Of any thread.
    void let_go(std::size_t begin, std::size_t end) const;

private:
    void release();

    std::string memory_;
    void* mapping_ = nullptr;
    std::size_t mapped_ = 0;
    std::string_view bytes_;
};

/// A file with an end, not a pipe, a terminal or standard input.
bool is_regular_file(const std::string& path);
/// An open, already unlinked file in `directory` (empty: $TMPDIR or /tmp), or -1 and a sentence in `error`.
int open_temporary(const std::string& directory, std::string& error);
/// Writes all of it; false and a sentence in `error` if that fails.
bool write_all(int file, std::string_view bytes, std::string& error);

} // namespace watchword::stdlib
