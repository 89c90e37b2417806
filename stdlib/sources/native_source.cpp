// Native JSON Lines: `{"type":"file.copy","time":"…","user":"u1",…}`. Only what has a slot is decoded. Records mostly
// repeat the keys of the one before, in the same order, so each key is first compared with the one that stood there.
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/source.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace watchword::stdlib {

using runtime::EventSchema;
using runtime::Field;
using runtime::Kind;
using runtime::Time;
using runtime::Type;
using runtime::Value;

namespace {

constexpr std::size_t most_keys = 4096;
constexpr std::size_t block_bytes = std::size_t{1} << 16;
constexpr std::uint32_t key_type = 0, key_time = 1, key_id = 2; ///< numbers of the keys that every record has
constexpr std::uint32_t no_key = UINT32_MAX;
constexpr std::int32_t no_field = -1;

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return XXH3_64bits(text.data(), text.size()); }
};
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

class NativeSource final : public Source {
public:
    NativeSource(const runtime::Program& program, const std::string& file, Ledger& ledger, bool count_unknown)
        : program_(program), file_(file), ledger_(ledger), reader_(program), count_unknown_(count_unknown),
          fields_of_(program.events.size()) {
        for (const std::string_view name : {"type", "time", "id"}) number_of(name);
        for (std::uint32_t type = 0; type < program.events.size(); ++type)
            types_.emplace(program.events[type].name, type);
    }

    std::size_t extent(std::string_view bytes, bool all) override { return line_extent(bytes, all); }
    void scan(const Record& record, std::vector<Emission>& emissions) override;
    bool produce(const Record& record, std::uint32_t emit, Arena& arena, Produced& produced) override;
    bool is_plain() const override { return true; }
    void read_ahead(std::string_view memory) override { ahead_ = memory; }

private:
    bool tokenise(std::string_view line);
    bool decode(const Record& record, Arena& arena, Produced& produced);
    bool reject(const Record& record, std::string_view reason);
    std::uint32_t number_of(std::string_view key);
    std::uint32_t number_at(std::size_t place, const JsonToken& token, Arena& arena);
    std::int32_t field_of(std::uint32_t type, std::uint32_t key);
    std::string_view text_of(const JsonToken& token, Arena& arena);
    std::optional<Time> time_of(const JsonToken& token, Arena& arena);
    bool fill(const Record& record, std::uint32_t type, Arena& arena, Produced& produced);
    std::optional<Value> value_of(const JsonToken& token, Type type, Arena& arena);
    std::optional<Value> number_of_type(const JsonToken& token, Type type);
    std::optional<Value> list_of(const JsonToken& token, Type type, Arena& arena);
    Origin origin(const Record& record) const { return {file_, record.line, record.text}; }

    const runtime::Program& program_;
    const std::string& file_;
    Ledger& ledger_;
    Reader reader_;
    bool count_unknown_;
    JsonScanner scanner_;
    std::string_view ahead_;            ///< memory that may be indexed in blocks
    std::string_view block_;            ///< what the scanner has indexed of it; empty: nothing
    const char* alone_until_ = nullptr; ///< lines before this are of a block that has a broken line
    std::size_t indexed_to_ = 0;        ///< offset in block_ of the next record to read
    std::vector<JsonToken> tokens_, elements_;

    TextMap<std::uint32_t> types_;
    TextMap<std::uint32_t> keys_;
    std::vector<std::string> key_texts_;
    std::vector<std::uint32_t> expected_;              ///< key numbers of the last record, by place
    std::vector<std::uint32_t> numbers_;               ///< of this one
    std::vector<std::vector<std::int32_t>> fields_of_; ///< by type and key number; -2: not looked up yet
    std::string last_type_;
    std::uint32_t last_type_index_ = UINT32_MAX;
    Arena aside_; ///< for scanning
};

/// The value of the first top-level `time` of a plain line, if it stands behind simple members; a quick look that
/// either finds exactly what decoding would find, or nothing.
std::string_view glance_at_time(std::string_view line) {
    const char* at = line.data();
    const char* const end = at + line.size();
    const auto text_end = [&](const char* from) -> const char* {
        const auto* quote = static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(end - from)));
        if (quote == nullptr || std::memchr(from, '\\', static_cast<std::size_t>(quote - from)) != nullptr)
            return nullptr;
        return quote;
    };
    if (at == end || *at++ != '{') return {};
    while (at < end && *at == '"') {
        const char* const key = at + 1;
        const char* const key_end = text_end(key);
        if (key_end == nullptr || end - key_end < 3 || key_end[1] != ':') return {};
        at = key_end + 2;
        const bool is_time = std::string_view(key, static_cast<std::size_t>(key_end - key)) == "time";
        if (*at == '"') {
            const char* const begin = at + 1;
            const char* const close = text_end(begin);
            if (close == nullptr) return {};
            if (is_time) return {begin, static_cast<std::size_t>(close - begin)};
            at = close + 1;
        } else {
            if (is_time) return {};
            while (at < end && (*at == '-' || *at == '+' || *at == '.' || (*at >= '0' && *at <= '9') ||
                                (*at >= 'a' && *at <= 'z') || *at == 'E'))
                ++at;
        }
        if (at >= end || *at++ != ',') return {};
    }
    return {};
}

bool is_empty(std::string_view line) { return trim(line).empty(); }

void NativeSource::scan(const Record& record, std::vector<Emission>& emissions) {
    if (const std::string_view text = glance_at_time(record.text); !text.empty()) {
        if (const std::optional<Time> time = read_time(text, reader_.zone)) {
            emissions.push_back({*time, 0});
            return;
        }
    }
    // Whatever is wrong with it is said when its turn comes to be decoded, or now if it has no time.
    if (is_empty(record.text)) return;
    aside_.reset();
    if (scanner_.index(trim(record.text)) && scanner_.read_record(record.text.size(), tokens_)) {
        for (const JsonToken& token : tokens_) {
            if (token.key != "time" && !(token.key_escaped && scanner_.unescape(token.key, aside_) == "time")) continue;
            if (const std::optional<Time> time = time_of(token, aside_)) {
                emissions.push_back({*time, 0});
                block_ = {};
                return;
            }
            break;
        }
    }
    block_ = {};
    Produced nothing;
    produce(record, 0, aside_, nothing);
}

/// Fills tokens_. Indexing goes by blocks where lines follow each other in memory; a block that has a broken line is
/// read line by line.
bool NativeSource::tokenise(std::string_view line) {
    const bool in_block = indexed_to_ < block_.size() && line.data() == block_.data() + indexed_to_;
    if (!in_block) {
        block_ = {};
        const bool can_read_ahead = line.data() >= ahead_.data() &&
                                    line.data() + line.size() <= ahead_.data() + ahead_.size() &&
                                    line.data() >= alone_until_;
        std::string_view block = line;
        if (can_read_ahead) {
            block = ahead_.substr(static_cast<std::size_t>(line.data() - ahead_.data()), block_bytes);
            const std::size_t whole = block.rfind('\n') + 1;
            block = block.substr(0, std::max(whole, line.size()));
        }
        const bool indexed = scanner_.index(block);
        if (!indexed && block.size() > line.size()) {
            alone_until_ = block.data() + block.size();
            if (!scanner_.index(line)) return false;
            block = line;
        } else if (!indexed) {
            return false;
        }
        block_ = block;
        indexed_to_ = 0;
    }
    indexed_to_ += line.size();
    const bool fine = scanner_.read_record(indexed_to_, tokens_);
    if (indexed_to_ == block_.size() && !fine) block_ = {};
    return fine;
}

bool NativeSource::reject(const Record& record, std::string_view reason) {
    ledger_.reject(origin(record), reason);
    return false;
}

bool NativeSource::produce(const Record& record, std::uint32_t, Arena& arena, Produced& produced) {
    if (is_empty(record.text)) {
        if (indexed_to_ < block_.size() && record.text.data() == block_.data() + indexed_to_)
            indexed_to_ += record.text.size();
        return false;
    }
    if (!tokenise(record.text)) return reject(record, scanner_.error());
    return decode(record, arena, produced);
}

std::uint32_t NativeSource::number_of(std::string_view key) {
    const auto found = keys_.find(key);
    if (found != keys_.end()) return found->second;
    if (keys_.size() >= most_keys) return no_key;
    const auto number = static_cast<std::uint32_t>(keys_.size());
    keys_.emplace(std::string(key), number);
    key_texts_.emplace_back(key);
    return number;
}

std::uint32_t NativeSource::number_at(std::size_t place, const JsonToken& token, Arena& arena) {
    if (place < expected_.size() && expected_[place] != no_key && key_texts_[expected_[place]] == token.key &&
        !token.key_escaped)
        return expected_[place];
    std::string_view key = token.key;
    if (token.key_escaped) key = scanner_.unescape(key, arena).value_or(key);
    const std::uint32_t number = number_of(key);
    if (place >= expected_.size()) expected_.resize(place + 1, no_key);
    expected_[place] = token.key_escaped ? no_key : number;
    return number;
}

std::int32_t NativeSource::field_of(std::uint32_t type, std::uint32_t key) {
    constexpr std::int32_t not_known = -2;
    if (key == no_key) return no_field;
    std::vector<std::int32_t>& fields = fields_of_[type];
    if (key >= fields.size()) fields.resize(key_texts_.size(), not_known);
    std::int32_t& field = fields[key];
    if (field == not_known) {
        const Field* const found = program_.events[type].find(key_texts_[key]);
        field = found == nullptr ? no_field : static_cast<std::int32_t>(found - program_.events[type].fields.data());
    }
    return field;
}

/// A text with a wrong escape is left as written.
std::string_view NativeSource::text_of(const JsonToken& token, Arena& arena) {
    if (!token.escaped) return token.text;
    return scanner_.unescape(token.text, arena).value_or(token.text);
}

std::optional<Time> NativeSource::time_of(const JsonToken& token, Arena& arena) {
    if (token.kind == JsonKind::text) return read_time(text_of(token, arena), reader_.zone);
    if (token.kind != JsonKind::number) return std::nullopt;
    if (const auto whole = json_integer(token.text)) return read_epoch(*whole);
    const std::optional<double> number = json_real(token.text);
    return number ? read_epoch(*number) : std::nullopt;
}

bool NativeSource::decode(const Record& record, Arena& arena, Produced& produced) {
    numbers_.resize(tokens_.size());
    const JsonToken* type_token = nullptr;
    const JsonToken* time_token = nullptr;
    const JsonToken* id_token = nullptr;
    for (std::size_t place = 0; place < tokens_.size(); ++place) {
        const JsonToken& token = tokens_[place];
        const std::uint32_t number = numbers_[place] = number_at(place, token, arena);
        if (number == key_type && type_token == nullptr) type_token = &token;
        if (number == key_time && time_token == nullptr) time_token = &token;
        if (number == key_id && id_token == nullptr) id_token = &token;
    }
    if (type_token == nullptr) return reject(record, "`type` is missing");
    if (type_token->kind != JsonKind::text) return reject(record, "`type` is not a text");
    const std::string_view type_name = text_of(*type_token, arena);
    if (type_name != last_type_ || last_type_index_ == UINT32_MAX) {
        const auto found = types_.find(type_name);
        if (found == types_.end()) {
            ledger_.reject_unknown_type(origin(record), type_name);
            return false;
        }
        last_type_ = type_name;
        last_type_index_ = found->second;
    }
    if (!program_.events[last_type_index_].used) {
        if (!ledger_.muted()) ++ledger_.statistics.unused;
        return false;
    }
    if (time_token == nullptr) return reject(record, "`time` is missing");
    const std::optional<Time> time = time_of(*time_token, arena);
    if (!time) return reject(record, "`time` is not a time in the years 0001 to 9999");
    produced.event.type = last_type_index_;
    produced.event.time = produced.event.stated = *time;
    produced.has_id = false;
    produced.part = 0;
    if (id_token != nullptr && id_token->kind != JsonKind::null) {
        if (id_token->kind != JsonKind::text && id_token->kind != JsonKind::number)
            return reject(record, "`id` is not a text");
        produced.event.id = text_of(*id_token, arena);
        produced.has_id = !produced.event.id.empty();
    }
    if (!fill(record, last_type_index_, arena, produced)) return false;
    if (!produced.has_id) produced.content = content_of(tokens_, scanner_, arena);
    return true;
}

bool NativeSource::fill(const Record& record, std::uint32_t type, Arena& arena, Produced& produced) {
    const EventSchema& schema = program_.events[type];
    Value* const values = arena.values(schema.slots);
    Value subject;
    for (std::size_t place = 0; place < tokens_.size(); ++place) {
        const std::uint32_t key = numbers_[place];
        const std::int32_t index = field_of(type, key);
        if (index == no_field) {
            if (count_unknown_ && key > key_id) ledger_.count_unknown_field(tokens_[place].key);
            continue;
        }
        const Field& field = schema.fields[static_cast<std::size_t>(index)];
        const bool is_subject = index == schema.subject;
        if (field.slot == runtime::no_slot && !is_subject) continue;
        if (tokens_[place].kind == JsonKind::null) continue;
        Value& slot = field.slot == runtime::no_slot ? subject : values[field.slot];
        if (slot.present()) continue; // the first of equal keys counts
        const std::optional<Value> value = value_of(tokens_[place], field.type, arena);
        if (!value) return reject(record, fmt::format("`{}` is not {}", field.name, describe(field.type.kind)));
        slot = *value;
        if (is_subject) subject = *value;
    }
    for (const Field& field : schema.fields) {
        const bool is_subject = &field - schema.fields.data() == schema.subject;
        if (field.slot == runtime::no_slot && !is_subject) continue;
        Value& slot = field.slot == runtime::no_slot ? subject : values[field.slot];
        if (slot.present() || field.type.optional) continue;
        if (!field.fallback) return reject(record, fmt::format("`{}` is missing", field.name));
        slot = *field.fallback;
        if (is_subject) subject = slot;
    }
    produced.event.fields = values;
    produced.event.subject = subject.present() ? subject.text() : std::string_view{};
    return true;
}

std::optional<Value> NativeSource::number_of_type(const JsonToken& token, Type type) {
    const std::optional<std::int64_t> whole = json_integer(token.text);
    if (whole && (type.kind == Kind::integer || (type.kind == Kind::size && *whole >= 0))) return Value::of(*whole);
    const std::optional<double> number = json_real(token.text);
    constexpr double beyond = 9.2e18;
    switch (type.kind) {
    case Kind::integer:
    case Kind::size:
        if (!number || !(*number > -beyond && *number < beyond) ||
            static_cast<double>(static_cast<std::int64_t>(*number)) != *number)
            return std::nullopt;
        if (type.kind == Kind::size && *number < 0) return std::nullopt;
        return Value::of(static_cast<std::int64_t>(*number));
    case Kind::real:
        return number ? std::optional(Value::of(*number)) : std::nullopt;
    case Kind::duration: // seconds
        if (!number || !(*number > -beyond / 1e6 && *number < beyond / 1e6)) return std::nullopt;
        return Value::of(static_cast<std::int64_t>(*number * 1e6));
    case Kind::person: // an employee number
        return whole ? std::optional(Value::of(token.text)) : std::nullopt;
    default:
        return std::nullopt;
    }
}

std::optional<Value> NativeSource::list_of(const JsonToken& token, Type type, Arena& arena) {
    if (token.kind != JsonKind::array || !scanner_.read_inner(token, elements_)) return std::nullopt;
    Value* const items = arena.values(elements_.size());
    for (std::size_t index = 0; index < elements_.size(); ++index) {
        const std::optional<Value> item = value_of(elements_[index], {static_cast<Kind>(type.detail)}, arena);
        if (!item) return std::nullopt;
        items[index] = *item;
    }
    return Value::of_list(items, elements_.size());
}

std::optional<Value> NativeSource::value_of(const JsonToken& token, Type type, Arena& arena) {
    if (type.kind == Kind::list) return list_of(token, type, arena);
    if (type.kind == Kind::time) {
        const std::optional<Time> time = time_of(token, arena);
        return time ? std::optional(Value::of(*time)) : std::nullopt;
    }
    if (type.kind == Kind::boolean) {
        if (token.kind != JsonKind::boolean) return std::nullopt;
        return Value::of(token.text == "true");
    }
    if (token.kind == JsonKind::number) return number_of_type(token, type);
    if (token.kind != JsonKind::text || type.kind == Kind::integer || type.kind == Kind::real) return std::nullopt;
    std::string_view text = token.text;
    if (token.escaped) {
        const std::optional<std::string_view> unescaped = scanner_.unescape(text, arena);
        if (!unescaped) return std::nullopt;
        text = *unescaped;
    }
    if (type.kind == Kind::person && trim(text).empty()) return std::nullopt;
    return reader_.read(text, type, arena);
}

} // namespace

std::size_t line_extent(std::string_view bytes, bool all) {
    const std::size_t end = bytes.find('\n');
    if (end != std::string_view::npos) return end + 1;
    return all ? bytes.size() : 0;
}

std::unique_ptr<Source> make_native_source(const runtime::Program& program, const std::string& file, Ledger& ledger,
                                           bool count_unknown_fields) {
    return std::make_unique<NativeSource>(program, file, ledger, count_unknown_fields);
}

} // namespace watchword::stdlib
