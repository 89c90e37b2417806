#include "runtime/snapshot.hpp"

#include "runtime/digest.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>

namespace watchword::runtime {

namespace {

constexpr std::string_view magic = "WWSTATE\n";
constexpr std::size_t digest_bytes = 16;
constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t head_bytes = magic.size() + 2 + digest_bytes;
constexpr Time farthest = Time{1} << 62;

Type element_of(Type list) { return {static_cast<Kind>(list.detail), false, 0}; }

std::string checksum(std::string_view bytes) {
    const std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
    std::string text;
    for (unsigned shift = 0; shift < 64; shift += 8) text.push_back(static_cast<char>(hash >> shift));
    return text;
}

} // namespace

void SnapshotWriter::real(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<char>(bits >> shift));
}

void SnapshotWriter::text(std::string_view value) {
    put_number(bytes_, value.size());
    bytes_.append(value);
}

void SnapshotWriter::values(std::span<const Value> values, std::span<const Type> types) {
    for (std::size_t i = 0; i < types.size(); ++i) put_value(bytes_, values[i], types[i]);
}

void SnapshotReader::fail(std::string_view what) {
    if (context_->error.empty()) context_->error = "the snapshot is damaged: " + std::string(what);
    in_ = {};
}

bool SnapshotReader::expect(bool condition, std::string_view what) {
    if (!condition) fail(what);
    return ok();
}

std::string_view SnapshotReader::take(std::size_t length) {
    if (!ok()) return {};
    if (length > in_.size()) {
        fail("it ends too early");
        return {};
    }
    const std::string_view taken = in_.substr(0, length);
    in_.remove_prefix(length);
    return taken;
}

std::uint64_t SnapshotReader::number() {
    std::uint64_t result = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const std::string_view byte = take(1);
        if (byte.empty()) return 0;
        const auto bits = static_cast<std::uint64_t>(static_cast<unsigned char>(byte.front()));
        if (shift == 63 && bits > 1) break;
        result |= (bits & 0x7f) << shift;
        if ((bits & 0x80) == 0) return result;
    }
    fail("a number is too large");
    return 0;
}

std::int64_t SnapshotReader::signed_number() {
    const std::uint64_t zigzag = number();
    return static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1);
}

std::uint32_t SnapshotReader::index(std::size_t limit) {
    const std::uint64_t result = number();
    if (!expect(result < limit, "a number names nothing")) return 0;
    return static_cast<std::uint32_t>(result);
}

std::size_t SnapshotReader::count() {
    const std::uint64_t result = number();
    return expect(result <= in_.size(), "a count exceeds what follows") ? result : 0;
}

bool SnapshotReader::flag() {
    const std::string_view byte = take(1);
    if (byte.empty()) return false;
    expect(byte.front() == 0 || byte.front() == 1, "a flag is neither 0 nor 1");
    return byte.front() == 1;
}

double SnapshotReader::real() {
    const std::string_view bytes = take(sizeof(double));
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return std::bit_cast<double>(bits);
}

double SnapshotReader::finite(double most) {
    const double value = real();
    return expect(value >= 0 && value <= most, "points are out of range") ? value : 0;
}

Time SnapshotReader::time() {
    const Time value = signed_number();
    return expect(value > -farthest && value < farthest, "a time is out of range") ? value : 0;
}

std::string_view SnapshotReader::text() { return take(count()); }

PersonId SnapshotReader::renumber(std::uint64_t number) {
    if (number == nobody) return nobody; // an account name without a letter
    if (context_->renumbered == nullptr) {
        if (!expect(number < context_->people, "a number names nobody")) return nobody;
        if (context_->named != nullptr) context_->named->push_back(static_cast<PersonId>(number));
        return static_cast<PersonId>(number);
    }
    const auto& table = *context_->renumbered;
    const auto found =
        std::lower_bound(table.begin(), table.end(), number, [](const auto& row, auto n) { return row.first < n; });
    if (!expect(found != table.end() && found->first == number, "a number names nobody")) return nobody;
    return found->second;
}

PersonId SnapshotReader::person() { return renumber(number()); }

void SnapshotReader::value(Type type, Bytes& out) {
    const bool present = flag();
    out.push_back(present ? 1 : 0);
    if (!present || !ok()) return;
    switch (type.kind) {
    case Kind::text:
    case Kind::zone:
    case Kind::host:
    case Kind::email:
    case Kind::ip: {
        const std::string_view bytes = text();
        expect(type.kind != Kind::ip || bytes.size() == 16, "an address has not 16 bytes");
        put_number(out, bytes.size());
        out.append(bytes);
        return;
    }
    case Kind::real:
        out.append(take(sizeof(double)));
        return;
    case Kind::list: {
        const std::size_t items = count();
        put_number(out, items);
        for (std::size_t i = 0; i < items && ok(); ++i) value(element_of(type), out);
        return;
    }
    case Kind::person: {
        const std::int64_t who = signed_number();
        expect(who >= 0, "a number names nobody");
        put_signed(out, renumber(static_cast<std::uint64_t>(who)));
        return;
    }
    case Kind::enumeration: {
        const std::int64_t word = signed_number();
        expect(word >= 0 && static_cast<std::size_t>(word) < program().enumerations[type.detail].words.size(),
               "a number names no word");
        put_signed(out, word);
        return;
    }
    case Kind::boolean:
    case Kind::integer:
    case Kind::time:
    case Kind::time_of_day:
    case Kind::duration:
    case Kind::size:
        put_signed(out, signed_number());
        return;
    case Kind::tuple:
    case Kind::error:
        break;
    }
    fail("a value of a type that nothing keeps");
}

void SnapshotReader::values(std::span<const Type> types, KeptValues& into) {
    Bytes bytes;
    for (const Type& type : types) value(type, bytes);
    if (!ok()) return;
    std::size_t items = 0;
    for (const Type& type : types)
        if (type.kind == Kind::list) items += bytes.size();
    std::vector<Value> lists;
    lists.reserve(items); // a list's items must not move while later lists are read
    std::vector<Value> values;
    std::string_view in = bytes;
    for (const Type& type : types) values.push_back(take_value(in, type, lists));
    into.assign(values, types);
}

std::string seal_snapshot(SnapshotKind kind, const Program& program, std::string_view body) {
    std::string result;
    result.reserve(head_bytes + body.size() + checksum_bytes);
    result.append(magic);
    result.push_back(static_cast<char>(snapshot_version));
    result.push_back(static_cast<char>(kind));
    const std::array<char, digest_bytes> which = digest(program);
    result.append(which.data(), which.size());
    result.append(body);
    result += checksum(result);
    return result;
}

std::string_view open_snapshot(std::string_view snapshot, SnapshotKind kind, const Program& program,
                               std::string& error) {
    const auto refuse = [&](std::string_view why) {
        error = why;
        return std::string_view{};
    };
    if (!snapshot.starts_with(magic)) return refuse("this is not a snapshot");
    if (snapshot.size() < head_bytes + checksum_bytes) return refuse("the snapshot is damaged: it ends too early");
    const auto version = static_cast<std::uint8_t>(snapshot[magic.size()]);
    if (version != snapshot_version)
        return refuse("the snapshot has version " + std::to_string(version) + "; this program reads version " +
                      std::to_string(snapshot_version));
    const std::string_view sealed = snapshot.substr(0, snapshot.size() - checksum_bytes);
    if (snapshot.substr(sealed.size()) != checksum(sealed))
        return refuse("the snapshot is damaged: its checksum is wrong");
    if (snapshot[magic.size() + 1] != static_cast<char>(kind))
        return refuse(kind == SnapshotKind::engine    ? "the snapshot is not of an engine"
                      : kind == SnapshotKind::person  ? "the snapshot is not of one person"
                      : kind == SnapshotKind::monitor ? "the snapshot is not of a monitor"
                                                      : "the snapshot is not of a run");
    const std::array<char, digest_bytes> which = digest(program);
    if (sealed.substr(magic.size() + 2, digest_bytes) != std::string_view{which.data(), which.size()})
        return refuse("the snapshot was taken with other policies");
    return sealed.substr(head_bytes);
}

} // namespace watchword::runtime
