// How bytes are read, mapped and decompressed. Every failure becomes a sentence that says what was being done.
#include "stdlib/sources/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

namespace watchword::stdlib {

namespace {

constexpr std::size_t raw_bytes = std::size_t{1} << 18;
constexpr std::string_view utf8_mark = "\xef\xbb\xbf";
enum class Packing { plain, gzip, zstd };

std::string reason(int number) { return std::strerror(number); } // only one thread opens inputs

bool is_utf16(std::string_view start) { return start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff"); }

} // namespace

struct ByteStream::State {
    std::string path;
    int file = -1;
    bool regular = false;
    bool ended = false; ///< no more raw bytes
    bool begun = false; ///< the start was looked at for a byte order mark
    bool is_recognised = false;
    Packing packing = Packing::plain;
    std::string error;
    std::unique_ptr<char[]> raw = std::make_unique_for_overwrite<char[]>(raw_bytes);
    std::size_t begin = 0, end = 0; ///< raw bytes not used yet
    z_stream inflating{};
    bool inflating_begun = false;
    const std::atomic<bool>* stop = nullptr;
    bool member_open = false; ///< between the beginning and the end of a gzip member or zstd frame
    ZSTD_DStream* unzstd = nullptr;

    ~State() {
        if (inflating_begun) inflateEnd(&inflating);
        ZSTD_freeDStream(unzstd);
        if (file > 0) close(file);
    }
    void fill();
    bool wait_for_bytes() const;
    void recognise();
    std::size_t read_packed(char* into, std::size_t space);
    std::size_t inflate_some(char* into, std::size_t space);
    std::size_t unzstd_some(char* into, std::size_t space);
    std::size_t read_plain(char* into, std::size_t space);
    std::size_t read_raw(char* into, std::size_t space);
};

/// False: told to stop before any came.
bool ByteStream::State::wait_for_bytes() const {
    constexpr int milliseconds = 200;
    if (stop == nullptr || regular) return true;
    pollfd waiting{file, POLLIN, 0};
    while (!stop->load())
        if (const int ready = ::poll(&waiting, 1, milliseconds); ready > 0 || (ready < 0 && errno != EINTR))
            return true;
    return false;
}

/// Adds raw bytes behind those that are left.
void ByteStream::State::fill() {
    if (begin > 0) {
        std::memmove(raw.get(), raw.get() + begin, end - begin);
        end -= begin;
        begin = 0;
    }
    if (end < raw_bytes) end += read_raw(raw.get() + end, raw_bytes - end);
}

/// As they come from the file; 0: there are none, or it was told to stop.
std::size_t ByteStream::State::read_raw(char* into, std::size_t space) {
    while (!ended && wait_for_bytes()) {
        const ssize_t count = ::read(file, into, space);
        if (count > 0) return static_cast<std::size_t>(count);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) error = fmt::format("cannot read `{}`: {}", path, reason(errno));
        ended = true;
    }
    return 0;
}

void ByteStream::State::recognise() {
    while (!ended && end < 4) {
        fill();
        if (stop != nullptr && stop->load() && end < 4) return; // told to stop before it could be told
    }
    is_recognised = true;
    const std::string_view start(raw.get(), end);
    if (start.starts_with("\x1f\x8b")) packing = Packing::gzip;
    if (start.starts_with("\x28\xb5\x2f\xfd")) packing = Packing::zstd;
    if (packing == Packing::gzip) {
        inflating_begun = inflateInit2(&inflating, 15 + 16) == Z_OK;
        if (!inflating_begun) error = fmt::format("cannot decompress `{}`: out of memory", path);
        member_open = true;
    } else if (packing == Packing::zstd) {
        unzstd = ZSTD_createDStream();
        if (unzstd == nullptr) error = fmt::format("cannot decompress `{}`: out of memory", path);
    }
}

std::size_t ByteStream::State::read_plain(char* into, std::size_t space) {
    if (begin == end) return read_raw(into, space);
    const std::size_t count = std::min(space, end - begin); // what `recognise` has looked at
    std::memcpy(into, raw.get() + begin, count);
    begin += count;
    return count;
}

std::size_t ByteStream::State::inflate_some(char* into, std::size_t space) {
    const std::size_t wanted = std::min<std::size_t>(space, UINT32_MAX);
    inflating.next_out = reinterpret_cast<Bytef*>(into);
    inflating.avail_out = static_cast<uInt>(wanted);
    while (inflating.avail_out == wanted) {
        if (begin == end) fill();
        if (begin == end) {
            if (member_open && error.empty())
                error = fmt::format("cannot decompress `{}`: the gzip data ends too early", path);
            break;
        }
        if (!member_open) { // several members stand one behind the other; zeros are padding
            if (raw[begin] == '\0') {
                ++begin;
                continue;
            }
            if (raw[begin] != '\x1f') {
                error = fmt::format("cannot decompress `{}`: what stands behind its gzip data is no gzip data", path);
                break;
            }
            inflateReset(&inflating);
            member_open = true;
        }
        inflating.next_in = reinterpret_cast<Bytef*>(raw.get() + begin);
        inflating.avail_in = static_cast<uInt>(end - begin);
        const int result = inflate(&inflating, Z_NO_FLUSH);
        begin = end - inflating.avail_in;
        if (result == Z_STREAM_END) {
            member_open = false;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            error = fmt::format("cannot decompress `{}`: {}", path,
                                inflating.msg == nullptr ? "the gzip data is damaged" : inflating.msg);
            break;
        }
    }
    return wanted - inflating.avail_out;
}

std::size_t ByteStream::State::unzstd_some(char* into, std::size_t space) {
    ZSTD_outBuffer out{into, space, 0};
    while (out.pos == 0) {
        if (begin == end) fill();
        const bool drained = begin == end;
        if (drained && !member_open) break;
        ZSTD_inBuffer in{raw.get() + begin, end - begin, 0};
        const std::size_t result = ZSTD_decompressStream(unzstd, &out, &in);
        begin += in.pos;
        if (ZSTD_isError(result) != 0) {
            error = fmt::format("cannot decompress `{}`: {}", path, ZSTD_getErrorName(result));
            break;
        }
        member_open = result != 0;
        if (drained && out.pos == 0) {
            if (member_open && error.empty())
                error = fmt::format("cannot decompress `{}`: the zstd data ends too early", path);
            break;
        }
    }
    return out.pos;
}

std::size_t ByteStream::State::read_packed(char* into, std::size_t space) {
    if (!is_recognised) recognise();
    if (!error.empty() || !is_recognised) return 0;
    switch (packing) {
    case Packing::plain:
        return read_plain(into, space);
    case Packing::gzip:
        return inflate_some(into, space);
    case Packing::zstd:
        return unzstd_some(into, space);
    }
    return 0;
}

ByteStream::ByteStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
ByteStream::~ByteStream() = default;
bool ByteStream::is_ready() const {
    if (state_->ended || state_->regular) return true;
    if (state_->packing != Packing::plain) return false; // nobody knows how much of it makes up a byte
    pollfd waiting{state_->file, POLLIN, 0};
    return state_->begin != state_->end || ::poll(&waiting, 1, 0) > 0;
}
const std::string& ByteStream::error() const { return state_->error; }
bool ByteStream::is_regular() const { return state_->regular; }
bool ByteStream::is_compressed() const { return state_->packing != Packing::plain; }
const std::string& ByteStream::path() const { return state_->path; }

std::unique_ptr<ByteStream> ByteStream::open(const std::string& path, std::string& error,
                                             const std::atomic<bool>* stop) {
    auto state = std::make_unique<State>();
    struct stat about {};
    const bool is_pipe = path != "-" && stat(path.c_str(), &about) == 0 && S_ISFIFO(about.st_mode);
    // to wait here for somebody who writes could not be stopped in order
    const int manner = O_RDONLY | O_CLOEXEC | (is_pipe && stop != nullptr ? O_NONBLOCK : 0);
    state->path = path == "-" ? "standard input" : path;
    state->file = path == "-" ? 0 : ::open(path.c_str(), manner);
    state->stop = stop;
    if (state->file < 0 || fstat(state->file, &about) != 0) {
        error = fmt::format("cannot open `{}`: {}", state->path, reason(errno));
        return nullptr;
    }
    if (S_ISDIR(about.st_mode)) {
        error = fmt::format("cannot read `{}`: it is a directory, not a file", state->path);
        return nullptr;
    }
    state->regular = S_ISREG(about.st_mode) && path != "-";
    if (state->regular) state->recognise(); // of others, when something has come
    if (!state->error.empty()) {
        error = state->error;
        return nullptr;
    }
    return std::unique_ptr<ByteStream>(new ByteStream(std::move(state)));
}

std::size_t ByteStream::read(char* into, std::size_t space, const std::atomic<bool>* stop) {
    State& state = *state_;
    if (stop != nullptr) state.stop = stop;
    std::size_t count = state.read_packed(into, space);
    if (state.begun || count == 0) return count;
    state.begun = true;
    while (count < utf8_mark.size() && count < space) {
        const std::size_t more = state.read_packed(into + count, space - count);
        if (more == 0) break;
        count += more;
    }
    const std::string_view start(into, count);
    if (is_utf16(start)) {
        state.error = fmt::format("cannot read `{}`: it is UTF-16; save it as UTF-8", state.path);
        return 0;
    }
    if (!start.starts_with(utf8_mark)) return count;
    count -= utf8_mark.size();
    std::memmove(into, into + utf8_mark.size(), count);
    return count == 0 ? read(into, space, stop) : count;
}

Contents::~Contents() { release(); }
Contents::Contents(Contents&& other) noexcept { *this = std::move(other); }

Contents& Contents::operator=(Contents&& other) noexcept {
    if (this == &other) return *this;
    release();
    const bool in_memory = other.mapping_ == nullptr;
    memory_ = std::move(other.memory_);
    mapping_ = std::exchange(other.mapping_, nullptr);
    mapped_ = std::exchange(other.mapped_, 0);
    bytes_ = in_memory ? std::string_view(memory_).substr(0, other.bytes_.size())
                       : other.bytes_; // a short string moves with its owner
    other.bytes_ = {};
    return *this;
}

void Contents::release() {
    if (mapping_ != nullptr) munmap(mapping_, mapped_);
    mapping_ = nullptr;
}

Contents Contents::of(std::string bytes) {
    Contents result;
    result.memory_ = std::move(bytes);
    result.bytes_ = result.memory_;
    return result;
}

void Contents::let_go(std::size_t begin, std::size_t end) const {
    if (mapping_ == nullptr) return;
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const auto skipped = static_cast<std::size_t>(bytes_.data() - static_cast<const char*>(mapping_));
    begin = (begin + skipped + page - 1) / page * page;
    end = (end + skipped) / page * page;
    if (begin < end) madvise(static_cast<char*>(mapping_) + begin, end - begin, MADV_DONTNEED);
}

namespace {

/// nullptr and a sentence if it cannot be done; an empty file has no mapping and no error.
void* map_file(int file, std::size_t& size, const std::string& path, std::string& error) {
    struct stat about {};
    if (fstat(file, &about) != 0) {
        error = fmt::format("cannot read `{}`: {}", path, reason(errno));
        return nullptr;
    }
    size = static_cast<std::size_t>(about.st_size);
    if (size == 0) return nullptr;
    void* mapping = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (mapping == MAP_FAILED) {
        error = fmt::format("cannot map `{}`: {}", path, reason(errno));
        return nullptr;
    }
    madvise(mapping, size, MADV_SEQUENTIAL);
    return mapping;
}

} // namespace

Contents Contents::load(ByteStream& stream, std::size_t memory, const std::string& temporary, std::string& error) {
    Contents result;
    ByteStream::State& state = *stream.state_;
    if (state.regular && state.packing == Packing::plain) {
        result.mapping_ = map_file(state.file, result.mapped_, state.path, error);
        if (result.mapping_ == nullptr) return result;
        result.bytes_ = {static_cast<const char*>(result.mapping_), result.mapped_};
        if (is_utf16(result.bytes_)) {
            error = fmt::format("cannot read `{}`: it is UTF-16; save it as UTF-8", state.path);
            result.bytes_ = {};
        }
        if (result.bytes_.starts_with(utf8_mark)) result.bytes_.remove_prefix(utf8_mark.size());
        return result;
    }

    int spill = -1;
    const auto chunk = std::make_unique_for_overwrite<char[]>(raw_bytes);
    for (std::size_t count = 0; (count = stream.read(chunk.get(), raw_bytes)) > 0;) {
        result.memory_.append(chunk.get(), count);
        if (result.memory_.size() < memory) continue;
        if (spill < 0) spill = open_temporary(temporary, error);
        if (spill < 0 || !write_all(spill, result.memory_, error)) break;
        result.memory_.clear();
        memory = std::size_t{1} << 22; // from now on in pieces
    }
    if (error.empty()) error = state.error;
    if (spill >= 0) {
        std::string writing;
        if (write_all(spill, result.memory_, writing)) {
            std::string mapping;
            result.mapping_ = map_file(spill, result.mapped_, state.path, mapping);
            if (error.empty()) error = mapping;
        } else if (error.empty()) {
            error = writing;
        }
        close(spill);
        result.memory_ = {};
    }
    result.bytes_ = result.mapping_ == nullptr
                        ? std::string_view(result.memory_)
                        : std::string_view(static_cast<const char*>(result.mapping_), result.mapped_);
    if (!error.empty()) result.bytes_ = result.bytes_.substr(0, result.bytes_.rfind('\n') + 1);
    return result;
}

bool is_regular_file(const std::string& path) {
    struct stat about {};
    return path != "-" && stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
}

int open_temporary(const std::string& directory, std::string& error) {
    const char* fallback = std::getenv("TMPDIR");
    const std::string folder = !directory.empty()                      ? directory
                               : fallback != nullptr && *fallback != 0 ? fallback
                                                                       : "/tmp";
    std::string name = folder + "/watchword-XXXXXX";
    const int file = mkostemp(name.data(), O_CLOEXEC);
    if (file < 0)
        error = fmt::format("cannot make a temporary file in `{}`: {}", folder, reason(errno));
    else
        unlink(name.c_str());
    return file;
}

bool write_all(int file, std::string_view bytes, std::string& error) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            error = fmt::format("cannot write: {}", reason(errno));
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace watchword::stdlib
