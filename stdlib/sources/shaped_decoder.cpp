#include "stdlib/sources/shaped_decoder.hpp"

#include "runtime/short_text.hpp"
#include "runtime/text.hpp"
#include "stdlib/sources/digits.hpp"
#include "stdlib/sources/input_ahead.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace watchword::stdlib {

using runtime::EventSchema;
using runtime::Field;
using runtime::Kind;
using runtime::Time;
using runtime::Type;
using runtime::Value;

namespace {

constexpr std::string_view type_first = "{\"type\":\"";
constexpr std::string_view time_next = "\",\"time\":\"";
constexpr std::size_t longest_type = 256;
constexpr std::size_t longest_time = 64;
constexpr std::size_t usual_time = 27; ///< `2025-03-01T09:00:00.123456Z`
constexpr std::uint32_t nowhere = UINT32_MAX;

/// So many bytes of a name tell it from others mostly.
using FirstBytes = std::array<std::uint64_t, 2>;

/// Eight bits of a hash.
inline std::size_t short_hash(const FirstBytes& bytes) {
    return (bytes[0] + std::rotl(bytes[1], 23)) * 0x9e3779b97f4a7c15 >> 56;
}

JsonToken token_of(const Span& span, const char* record) {
    JsonToken token;
    token.text = {record + span.begin, span.end - span.begin};
    token.kind = span.kind;
    token.escaped = span.escaped;
    return token;
}

/// What stands behind the type, whose name is so long, and the key of the time, if that comes next; else empty.
inline std::string_view behind_time_key(std::string_view bytes, std::size_t name_size) {
    const std::size_t begin = type_first.size() + name_size + time_next.size();
    if (begin > bytes.size() ||
        std::memcmp(bytes.data() + begin - time_next.size(), time_next.data(), time_next.size()) != 0)
        return {};
    return bytes.substr(begin, longest_time);
}

} // namespace

/// A member that is a field which somebody reads.
struct ShapedDecoder::Need {
    std::uint32_t member = 0;
    std::int32_t slot = runtime::no_slot;
    Type type;
    bool is_subject = false;
    // of an enumeration the word read last, if it is short, and what it is
    mutable std::uint64_t word[2] = {};
    mutable Value meaning;
};

/// What becomes of the members of one shape in an event of one type.
struct ShapedDecoder::Plan {
    std::uint32_t type = nowhere;
    std::vector<Need> needs; ///< in the order of the members
    bool lacks = false;      ///< some field that is needed is not in the shape
};

/// What the members of one shape mean.
struct ShapedDecoder::Meaning {
    std::uint32_t type = nowhere, time = nowhere, id = nowhere; ///< members
    std::vector<std::string> keys;
    std::vector<std::uint64_t> key_hashes;
    std::vector<Plan> plans;
};

ShapedDecoder::ShapedDecoder(const runtime::Program& program, JsonScanner& scanner, JsonValues& values,
                             const LatestTime* latest)
    : program_(program), scanner_(scanner), values_(values), latest_(latest), shapes_(program.events.size() + 1) {
    for (std::uint32_t type = 0; type < program.events.size(); ++type) types_.emplace(program.events[type].name, type);
    other_.shapes = &shapes_.back();
}
ShapedDecoder::~ShapedDecoder() = default;

__attribute__((noinline)) std::uint32_t ShapedDecoder::type_of(std::string_view name) const {
    const auto found = types_.find(name);
    return found == types_.end() ? nowhere : found->second;
}

ShapedDecoder::Named ShapedDecoder::named(std::uint32_t type) {
    const EventSchema& schema = program_.events[type];
    return {type, static_cast<std::uint32_t>(schema.name.size()), !schema.used, &shapes_[type]};
}

/// The event type with which the record begins.
inline const ShapedDecoder::Named& ShapedDecoder::first_type(std::string_view bytes) {
    return bytes.starts_with(type_first) ? type_named(bytes.substr(type_first.size())) : other_;
}

/// The event type that the record seems to name, and where, as Telltale says. If it begins with it, that is it.
inline const ShapedDecoder::Named& ShapedDecoder::guess_type(std::string_view bytes, std::size_t& at) {
    at = bytes.starts_with(type_first) ? type_first.size() : type_place_.find(bytes);
    return at != 0 ? type_named(bytes.substr(at)) : other_;
}

/// The event type with whose name, and a quote, `bytes` begin.
inline const ShapedDecoder::Named& ShapedDecoder::type_named(std::string_view bytes) {
    FirstBytes first;
    if (bytes.size() < sizeof first) return other_;
    std::memcpy(first.data(), bytes.data(), sizeof first);
    const Begin& known = begins_[short_hash(first)];
    // with its quote a short one is in what was compared
    const bool is_known = known.named.shapes != nullptr && known.bytes == first && known.named.length < sizeof first;
    return is_known ? known.named : look_up_type(bytes);
}

__attribute__((noinline)) const ShapedDecoder::Named& ShapedDecoder::look_up_type(std::string_view bytes) {
    FirstBytes first;
    std::memcpy(first.data(), bytes.data(), sizeof first);
    Begin& known = begins_[short_hash(first)];
    const std::size_t length = known.named.length;
    if (known.bytes == first && length >= sizeof first && bytes.size() > length && bytes[length] == '"' &&
        bytes.starts_with(program_.events[known.named.type].name))
        return known.named;
    const std::uint32_t type = type_of(bytes.substr(0, bytes.substr(0, longest_type).find('"')));
    if (type == nowhere) return other_;
    known = {first, named(type)};
    return known.named;
}

/// The time of a record that begins with a type, whose name is so long, and goes on with the time; false: it does not,
/// or that is long, or cannot be read as it stands.
inline bool ShapedDecoder::read_next_time(std::string_view bytes, std::size_t name_size, Time& time) {
    const std::string_view rest = behind_time_key(bytes, name_size);
    if (rest.size() > usual_time && rest[usual_time] == '"' &&
        values_.read_usual_time(rest.substr(0, usual_time), time))
        return allows(time);
    const std::size_t end = rest.find('"');
    return end != std::string_view::npos && values_.read_time(rest.substr(0, end), time) && allows(time);
}

std::size_t ShapedDecoder::unread_length(std::string_view bytes, Time& time) {
    const Named& named = first_type(bytes);
    return named.is_unread ? unread_length(named, bytes, time) : 0;
}

inline std::size_t ShapedDecoder::unread_length(const Named& type, std::string_view bytes, Time& time) {
    return read_next_time(bytes, type.length, time) ? closed_line_(bytes) : 0;
}

void ShapedDecoder::learn(std::string_view line, const std::vector<JsonToken>& members) {
    std::size_t at = 0;
    Shapes& shapes = *guess_type(line, at).shapes;
    if (!shapes.known.is_learning()) return;
    std::optional<RecordShape> shape = RecordShape::of(line, members);
    if (!shape) return;
    Meaning meaning;
    meaning.keys = shape->keys();
    for (std::uint32_t member = 0; member < meaning.keys.size(); ++member) {
        const std::string& key = meaning.keys[member];
        if (key == "type") meaning.type = member;
        if (key == "time") meaning.time = member;
        if (key == "id") meaning.id = member;
        meaning.key_hashes.push_back(key_hash(key));
    }
    if (meaning.type == nowhere || meaning.time == nowhere) return;
    const auto type_at = static_cast<std::size_t>(members[meaning.type].text.data() - line.data());
    if (!line.starts_with(type_first)) type_place_.learn(line, type_at);
    if (meaning.id != nowhere) shape->want(wanted(meaning));
    shapes.learn(std::move(*shape), std::move(meaning), spans_);
}

/// Whatever may be asked of a record that has an id.
std::vector<bool> ShapedDecoder::wanted(const Meaning& meaning) const {
    std::vector<bool> members;
    for (std::uint32_t member = 0; member < meaning.keys.size(); ++member) {
        const auto reads = [&key = meaning.keys[member]](const EventSchema& schema) {
            const Field* const field = schema.find(key);
            return field != nullptr &&
                   (field->slot != runtime::no_slot || field - schema.fields.data() == schema.subject);
        };
        members.push_back(member == meaning.type || member == meaning.time || member == meaning.id ||
                          std::any_of(program_.events.begin(), program_.events.end(), reads));
    }
    return members;
}

inline const ShapedDecoder::Plan& ShapedDecoder::plan_for(Meaning& meaning, std::uint32_t type) {
    if (!meaning.plans.empty() && meaning.plans.front().type == type) return meaning.plans.front();
    for (const Plan& plan : meaning.plans)
        if (plan.type == type) return plan;
    return make_plan(meaning, type);
}

__attribute__((noinline)) const ShapedDecoder::Plan& ShapedDecoder::make_plan(Meaning& meaning, std::uint32_t type) {
    const EventSchema& schema = program_.events[type];
    Plan& plan = meaning.plans.emplace_back();
    plan.type = type;
    std::vector<bool> found(schema.fields.size(), false);
    for (std::uint32_t member = 0; member < meaning.keys.size(); ++member) {
        const Field* const field = schema.find(meaning.keys[member]);
        if (field == nullptr) continue;
        const auto index = static_cast<std::size_t>(field - schema.fields.data());
        const bool is_subject = static_cast<std::int32_t>(index) == schema.subject;
        if (field->slot == runtime::no_slot && !is_subject) continue;
        found[index] = true;
        plan.needs.push_back({member, field->slot, field->type, is_subject, {}, {}});
    }
    for (std::size_t index = 0; index < schema.fields.size(); ++index) {
        const Field& field = schema.fields[index];
        const bool is_subject = static_cast<std::int32_t>(index) == schema.subject;
        if ((field.slot != runtime::no_slot || is_subject) && !found[index] && !field.type.optional) plan.lacks = true;
    }
    return plan;
}

/// False: what it is shall be found out by the general decoder.
inline bool ShapedDecoder::value_of(const Span& span, const char* record, const Need& need, Arena& arena,
                                    Value& value) {
    const std::string_view text(record + span.begin, span.end - span.begin);
    const Type type = need.type;
    std::int64_t number = 0;
    switch (type.kind) {
    case Kind::host:
    case Kind::email:
        if (span.kind != JsonKind::text || span.escaped || !runtime::is_folded_ascii(text)) break;
        value = Value::of(text);
        return true;
    case Kind::enumeration: {
        if (span.kind != JsonKind::text || span.escaped || text.size() > runtime::most_short) break;
        std::uint64_t word[2];
        runtime::load_short(text, word);
        if (word[0] != need.word[0] || word[1] != need.word[1] || !need.meaning.present()) {
            const std::optional<Value> read = values_.reader().read(text, type, arena);
            if (!read) return false;
            std::copy_n(word, 2, need.word);
            need.meaning = *read;
        }
        value = need.meaning;
        return true;
    }
    case Kind::person:
        if (span.kind != JsonKind::text || span.escaped || text.empty() ||
            static_cast<unsigned char>(text.front()) <= ' ')
            break;
        value = Value::of(text);
        return true;
    case Kind::text:
        if (span.kind != JsonKind::text) break;
        if (span.escaped) {
            const std::optional<std::string_view> meant = scanner_.unescape(text, arena, RecordShape::margin);
            if (meant) value = Value::of(*meant);
            return meant.has_value();
        }
        value = Value::of(text);
        return true;
    case Kind::integer:
    case Kind::size:
        if (span.kind != JsonKind::number || !read_digits(text.data(), text.size(), number)) break;
        value = Value::of(number);
        return true;
    case Kind::boolean:
        if (span.kind != JsonKind::boolean) return false;
        value = Value::of(text.front() == 't');
        return true;
    default:
        break;
    }
    const bool list = span.kind == JsonKind::array && type.kind == Kind::list;
    if (list && !scanner_.index(text)) return false; // its elements are looked for there
    const std::optional<Value> read = values_.value_of(token_of(span, record), type, arena);
    if (read) value = *read;
    return read.has_value();
}

/// Fields that the record does not have, or has as null. False: one is required.
__attribute__((noinline)) bool ShapedDecoder::settle_absent(const EventSchema& schema, Value* values, Value& subject) {
    for (const Field& field : schema.fields) {
        const bool is_subject = &field - schema.fields.data() == schema.subject;
        if (field.slot == runtime::no_slot && !is_subject) continue;
        Value& slot = field.slot == runtime::no_slot ? subject : values[field.slot];
        if (slot.present() || field.type.optional) continue;
        if (!field.fallback) return false;
        slot = *field.fallback;
        if (is_subject) subject = slot;
    }
    return true;
}

inline bool ShapedDecoder::fill(const Plan& plan, const char* record, Arena& arena, Produced& produced) {
    const EventSchema& schema = program_.events[plan.type];
    Value* const values = arena.values(schema.slots);
    Value subject;
    bool absent = plan.lacks;
    for (const Need& need : plan.needs) {
        const Span& span = spans_[need.member];
        if (span.kind == JsonKind::null) {
            absent = true;
            continue;
        }
        Value value;
        if (!value_of(span, record, need, arena, value)) return false;
        if (need.slot != runtime::no_slot) values[need.slot] = value;
        if (need.is_subject) subject = value;
    }
    if (absent && !settle_absent(schema, values, subject)) return false;
    produced.event.fields = values;
    produced.event.subject = subject.present() ? subject.text() : std::string_view{};
    return true;
}

__attribute__((noinline)) std::uint64_t ShapedDecoder::content_of(const Meaning& meaning, const char* record,
                                                                  Arena& arena) {
    std::uint64_t sum = 0;
    for (std::size_t member = 0; member < meaning.key_hashes.size(); ++member) {
        const JsonToken token = token_of(spans_[member], record);
        sum += content_of_member(meaning.key_hashes[member], token.kind, values_.text_of(token, arena));
    }
    return sum;
}

inline bool ShapedDecoder::read_time(const Meaning& meaning, const char* record, Arena& arena, Time& time) {
    const Span& stamp = spans_[meaning.time];
    if (stamp.kind == JsonKind::text && !stamp.escaped)
        return values_.read_time({record + stamp.begin, stamp.end - stamp.begin}, time) && allows(time);
    const std::optional<Time> other = values_.time_of(token_of(stamp, record), arena);
    if (other) time = *other;
    return other.has_value() && allows(time);
}

inline ShapedDecoder::Outcome ShapedDecoder::decode_as(std::uint32_t type, Meaning& meaning, const char* record,
                                                       Arena& arena, Produced& produced) {
    if (!read_time(meaning, record, arena, produced.event.time)) return Outcome::unknown;
    produced.event.stated = produced.event.time;
    if (!program_.events[type].used) return Outcome::unused;
    produced.event.type = type;
    produced.part = 0;
    produced.has_id = false;
    if (meaning.id != nowhere && spans_[meaning.id].kind != JsonKind::null) {
        const Span& id = spans_[meaning.id];
        if (id.kind != JsonKind::text && id.kind != JsonKind::number) return Outcome::unknown;
        produced.event.id = id.escaped ? values_.text_of(token_of(id, record), arena)
                                       : std::string_view(record + id.begin, id.end - id.begin);
        produced.has_id = !produced.event.id.empty();
    }
    if (!fill(plan_for(meaning, type), record, arena, produced)) return Outcome::unknown;
    return Outcome::event;
}

/// Of the record with which `bytes` begin; `length`, unless it is unknown: its bytes with the end of line. Of an unused
/// one the time is told.
inline ShapedDecoder::Outcome ShapedDecoder::decode(std::string_view bytes, Arena& arena, Produced& produced,
                                                    std::size_t& length) {
    std::size_t type_at = 0;
    const Named& named = guess_type(bytes, type_at);
    if (named.is_unread && type_at == type_first.size()) {
        length = unread_length(named, bytes, produced.event.time);
        if (length != 0) return Outcome::unused;
    }
    std::uint32_t type = named.type;
    Shapes& shapes = *named.shapes;
    const std::uint32_t number = shapes.known.find(bytes, spans_.data(), length);
    if (number == KnownShapes::none) return Outcome::unknown;
    Meaning& meaning = shapes.meanings[number];
    if (const Span& name = spans_[meaning.type]; type == nowhere || name.begin != type_at) {
        type = nowhere;
        if (name.kind == JsonKind::text) type = type_of(bytes.substr(name.begin, name.end - name.begin));
        if (type == nowhere) return Outcome::unknown;
    }
    const Outcome result = decode_as(type, meaning, bytes.data(), arena, produced);
    if (result != Outcome::event || produced.has_id) return result;
    shapes.known[number].find_all(bytes, spans_.data());
    produced.content = content_of(meaning, bytes.data(), arena);
    return result;
}

__attribute__((flatten)) void ShapedDecoder::tell(std::string_view bytes, const Reach& reach, Arena& arena,
                                                  Told& told) {
    told.offset = reach.begin;
    std::uint32_t passed = 0;
    Time newest = runtime::beginning;
    std::size_t at = reach.begin, length = 0;
    for (; at < reach.end; at += length) {
        const Outcome outcome = decode(bytes.substr(at), arena, told.produced, length);
        if (outcome == Outcome::unknown || length > reach.most(at)) break;
        ask_for_input(bytes.data() + at, length);
        if (outcome == Outcome::event) {
            told.length = static_cast<std::uint32_t>(length);
            break;
        }
        ++passed;
        newest = std::max(newest, told.produced.event.time);
    }
    told.passed = told.unused = passed;
    told.passed_bytes = at - reach.begin;
    told.newest = newest;
}

std::optional<Time> ShapedDecoder::time_of(std::string_view bytes) {
    Time time = 0;
    if (bytes.starts_with(type_first)) {
        const std::size_t name_size = bytes.substr(type_first.size(), longest_type).find('"');
        if (name_size != std::string_view::npos && read_next_time(bytes, name_size, time)) return time;
    }
    std::size_t type_at = 0;
    const Shapes& shapes = *guess_type(bytes, type_at).shapes;
    const auto until_time = [&shapes](std::uint32_t number) { return shapes.meanings[number].time + 1; };
    const std::uint32_t number = shapes.known.find_beginning(bytes, spans_.data(), until_time);
    if (number == KnownShapes::none) return std::nullopt;
    const Span& stamp = spans_[shapes.meanings[number].time];
    if (stamp.kind != JsonKind::text || stamp.escaped || !runtime::is_utf8(bytes.substr(0, stamp.end)) ||
        !values_.read_time(bytes.substr(stamp.begin, stamp.end - stamp.begin), time) || !allows(time))
        return std::nullopt;
    return time;
}

} // namespace watchword::stdlib
