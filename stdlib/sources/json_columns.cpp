// Members become typed column values. One that is null, an object, or an empty text, is absent.
#include "stdlib/sources/json_columns.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

namespace watchword::stdlib {

using runtime::Kind;
using runtime::Type;
using runtime::Value;

namespace {

constexpr std::uint32_t deepest = 16;
constexpr std::size_t lists = 64; ///< of shapes, by a hash; a power of two

/// Null is nothing, and an object is for those who look into it.
bool is_value(JsonKind kind) { return kind != JsonKind::null && kind != JsonKind::object; }

/// Of eight bytes, those before the end of a value.
std::uint64_t before_end(std::uint64_t bytes) {
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101, highest = ones << 7;
    const auto equal = [&](unsigned char byte) { // the lowest bit is right
        const std::uint64_t other = bytes ^ ones * byte;
        return (other - ones) & ~other & highest;
    };
    const std::uint64_t ends = equal('"') | equal(',') | equal('}');
    return ends == 0 ? bytes : bytes & (((ends & (~ends + 1)) >> 7) - 1);
}

} // namespace

JsonColumns::JsonColumns(const runtime::Program& program, const runtime::SourcePlan& plan, const std::string& file,
                         Ledger& ledger)
    : Columns(plan), file_(file), ledger_(ledger), reader_(reader_for(program, plan)), shapes_(lists + 1),
      found_(plan.columns.size()) {
    for (std::uint32_t column = 0; column < plan.columns.size(); ++column) {
        std::uint32_t rank = 0;
        for (const std::string& path : plan.columns[column].headers) {
            paths_[path].push_back({column, rank});
            rank += deepest;
            for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1))
                prefixes_[path.substr(0, dot)] = true;
        }
    }
}

ReadResult JsonColumns::reject(const Record& record, std::string_view reason) {
    ledger_.reject({file_, record.line, record.text}, reason);
    return ReadResult::rejected;
}

ReadResult JsonColumns::read(const Record& record, Arena& arena) {
    let_go();
    record_ = record.text;
    if (!read_known(record)) {
        const std::string_view text = trim(record.text);
        if (text.empty()) return ReadResult::nothing;
        if (!read_anew(text, arena)) return reject(record, scanner_.error());
        if (record.readable >= 2 * RecordShape::margin) learn(record);
    }
    begin(record, arena);
    for (const std::uint32_t column : required_) {
        note_asked(column);
        const bool parsed = read_member(column);
        if (values_[column].present() || (parsed && plan_.columns[column].type.kind == Kind::list)) continue;
        JsonToken token;
        return reject(record, complaint(plan_.columns[column], !parsed && find(column, token)));
    }
    return ReadResult::fine;
}

/// False: it has no known shape.
bool JsonColumns::read_known(const Record& record) {
    meaning_ = nullptr;
    std::size_t length = 0;
    MeantShapes<Meaning>& shapes = shapes_[list_of(record)];
    const std::uint32_t number = shapes.known.find(record.with_readable(), spans_.data(), length);
    if (number == KnownShapes::none || length != record.text.size()) return false;
    meaning_ = &shapes.meanings[number];
    return true;
}

/// In which list its shape is.
inline std::size_t JsonColumns::list_of(const Record& record) {
    const std::string_view bytes = record.with_readable();
    const std::size_t at = apart_place_.find(bytes);
    if (at == 0 || bytes.size() < at + 16) return lists;
    const std::uint64_t first = load_eight(bytes.data() + at), begin = before_end(first);
    const std::uint64_t rest = begin == first ? before_end(load_eight(bytes.data() + at + 8)) : 0;
    constexpr std::uint64_t factor = 0x9e37'79b9'7f4a'7c15;
    return ((begin ^ rest * factor) * factor) >> (64 - std::countr_zero(lists));
}

bool JsonColumns::read_anew(std::string_view text, Arena& arena) {
    if (!scanner_.index(text) || !scanner_.read_record(text.size(), members_)) return false;
    for (Found& found : found_) found.present = false;
    return look_into(members_, "", 0, arena);
}

/// Recursion is bounded by `deepest`, and by the dots of the paths.
bool JsonColumns::look_into(const std::vector<JsonToken>& members, const std::string& prefix, std::uint32_t depth,
                            Arena& arena) {
    std::string path;
    for (const JsonToken& member : members) {
        path = prefix;
        path += member.key_escaped ? scanner_.unescape(member.key, arena).value_or(member.key) : member.key;
        if (const auto uses = paths_.find(path); uses != paths_.end() && is_value(member.kind)) {
            for (const Use& use : uses->second) {
                Found& found = found_[use.column];
                if (found.present && found.rank == use.rank + depth && found.token.key == member.key)
                    note_repeated(use.column);
                if (found.present && found.rank <= use.rank + depth) continue;
                found = {member, use.rank + depth, true};
            }
        }
        if (member.kind != JsonKind::object || depth + 1 >= deepest || !prefixes_.contains(path)) continue;
        std::vector<JsonToken> inner;
        if (!scanner_.read_inner(member, inner) || !look_into(inner, path + '.', depth + 1, arena)) return false;
    }
    return true;
}

/// From the record that was read anew; for next time.
void JsonColumns::learn(const Record& record) {
    MeantShapes<Meaning>& shapes = shapes_[list_of(record)];
    if (!shapes.known.is_learning()) return;
    const std::string_view line = record.text;
    std::vector<Leaf> leaves;
    if (!take_apart(members_, "", 0, leaves)) return;
    std::vector<JsonToken> tokens;
    for (const Leaf& leaf : leaves) tokens.emplace_back(leaf.token).key = leaf.path;
    std::optional<RecordShape> shape = RecordShape::of(line, tokens);
    if (!shape) return;
    for (std::size_t member = 0; member < leaves.size(); ++member) // if it is one, columns look into it
        if (prefixes_.contains(leaves[member].path)) shape->refuse_object(member);
    shapes.learn(std::move(*shape), meaning_of(leaves), spans_);
    if (!apart_by_) return;
    const std::vector<std::string>& headers = plan_.columns[*apart_by_].headers;
    const auto leaf = std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& one) {
        return is_value(one.token.kind) && std::find(headers.begin(), headers.end(), one.path) != headers.end();
    });
    if (leaf != leaves.end()) apart_place_.learn(line, static_cast<std::size_t>(leaf->token.text.data() - line.data()));
}

/// What stands in the line where columns look, in its order. False: it is too deep.
bool JsonColumns::take_apart(const std::vector<JsonToken>& members, const std::string& prefix, std::uint32_t depth,
                             std::vector<Leaf>& leaves) {
    for (const JsonToken& member : members) {
        std::string path = prefix;
        path += member.key;
        if (member.kind != JsonKind::object || !prefixes_.contains(path)) {
            leaves.push_back({std::move(path), member, depth});
            continue;
        }
        std::vector<JsonToken> inner;
        if (depth + 1 >= deepest || !scanner_.read_inner(member, inner) ||
            !take_apart(inner, path + '.', depth + 1, leaves))
            return false;
    }
    return true;
}

JsonColumns::Meaning JsonColumns::meaning_of(const std::vector<Leaf>& leaves) const {
    struct Place {
        std::uint32_t column, rank, member;
    };
    std::vector<Place> places;
    Meaning meaning;
    bool is_whole = leaves.size() == members_.size(); // no object, however empty, was taken apart
    for (std::uint32_t member = 0; member < leaves.size(); ++member) {
        const Leaf& leaf = leaves[member];
        is_whole = is_whole && leaf.depth == 0;
        if (const auto uses = paths_.find(leaf.path); uses != paths_.end())
            for (const Use& use : uses->second) places.push_back({use.column, use.rank + leaf.depth, member});
    }
    std::stable_sort(places.begin(), places.end(), [](const Place& left, const Place& right) {
        return left.column != right.column ? left.column < right.column : left.rank < right.rank;
    });
    for (const Place& place : places) {
        while (meaning.begins.size() <= place.column)
            meaning.begins.push_back(static_cast<std::uint32_t>(meaning.members.size()));
        meaning.members.push_back(place.member);
    }
    meaning.begins.resize(plan_.columns.size() + 1, static_cast<std::uint32_t>(meaning.members.size()));
    if (is_whole)
        for (const Leaf& leaf : leaves) meaning.key_hashes.push_back(key_hash(leaf.path));
    return meaning;
}

JsonToken JsonColumns::token_of(const Span& span) const {
    JsonToken token;
    token.text = record_.substr(span.begin, span.end - span.begin);
    token.kind = span.kind;
    token.escaped = span.escaped;
    return token;
}

bool JsonColumns::find(std::uint32_t column, JsonToken& token) const {
    if (meaning_ == nullptr) {
        token = found_[column].token;
        return found_[column].present;
    }
    for (std::uint32_t i = meaning_->begins[column]; i != meaning_->begins[column + 1]; ++i) {
        const Span& span = spans_[meaning_->members[i]];
        if (!is_value(span.kind)) continue;
        token = token_of(span);
        return true;
    }
    return false;
}

bool JsonColumns::value_of(const JsonToken& token, Type type, Arena& arena, Value& value) {
    std::string_view text = token.text;
    if (token.escaped) {
        const std::optional<std::string_view> unescaped = scanner_.unescape(text, arena);
        if (!unescaped) return false;
        text = *unescaped;
    }
    if (text.empty()) return true;
    if (type.kind == Kind::text && token.kind == JsonKind::text) { // as the reader has it, most of them
        value = Value::of(text);
        return true;
    }
    if (type.kind == Kind::list && token.kind == JsonKind::array) {
        std::vector<JsonToken> elements;
        if (!scanner_.read_inner(token, elements)) return false;
        Value* const items = arena.values(elements.size());
        std::size_t count = 0;
        for (const JsonToken& element : elements) {
            if (!value_of(element, {static_cast<Kind>(type.detail)}, arena, items[count])) return false;
            if (items[count].present()) ++count;
        }
        value = Value::of_list(items, count);
        return true;
    }
    if (token.kind == JsonKind::array) { // of one element it is that
        std::vector<JsonToken> elements;
        return scanner_.read_inner(token, elements) && elements.size() == 1 &&
               elements.front().kind != JsonKind::array && value_of(elements.front(), type, arena, value);
    }
    if (!is_value(token.kind)) return token.kind == JsonKind::null;
    std::optional<Value> read;
    if (type.kind == Kind::time && token.kind == JsonKind::number) {
        const auto whole = json_integer(text);
        const auto number = json_real(text);
        if (const auto time = whole ? read_epoch(*whole) : number ? read_epoch(*number) : std::nullopt)
            read = Value::of(*time);
    } else {
        read = reader_.read(text, type, arena);
    }
    if (read) value = *read;
    return read.has_value();
}

/// False: there is nothing, or it is no such value. An empty text is read, and absent.
bool JsonColumns::read_member(std::uint32_t column) {
    Value& value = values_[column] = Value::absent();
    JsonToken token;
    const bool is_there = find(column, token);
    // the elements of a list are looked for in what was indexed last
    const bool is_read = is_there &&
                         (meaning_ == nullptr || token.kind != JsonKind::array || scanner_.index(token.text)) &&
                         value_of(token, plan_.columns[column].type, *arena_, value);
    if (!is_read) value = Value::absent();
    note_read(column, is_there, is_read);
    return is_read;
}

/// Flattened: of what it calls for each column, more would be calling than doing.
__attribute__((flatten)) void JsonColumns::ask(const std::vector<std::uint32_t>& columns) {
    for (const std::uint32_t column : columns)
        if (note_asked(column)) read_member(column);
}

bool JsonColumns::read_early(const Record& record, std::uint32_t column, Arena& arena, Value& value) {
    const std::vector<std::string>& headers = plan_.columns[column].headers;
    // else what comes later may go before it
    if (headers.size() != 1 || headers.front().find('.') != std::string::npos) return false;
    const MeantShapes<Meaning>& shapes = shapes_[list_of(record)];
    const auto member_of = [&](std::uint32_t number) {
        const Meaning& meaning = shapes.meanings[number];
        const bool has = meaning.begins[column] != meaning.begins[column + 1];
        return has ? std::optional(meaning.members[meaning.begins[column]]) : std::nullopt;
    };
    const auto members_of = [&](std::uint32_t number) {
        const std::optional<std::uint32_t> member = member_of(number);
        return member ? *member + 1 : shapes.known[number].keys().size();
    };
    const std::uint32_t number = shapes.known.find_beginning(record.with_readable(), spans_.data(), members_of);
    if (number == KnownShapes::none || !member_of(number)) return false;
    record_ = record.text;
    const Span& span = spans_[*member_of(number)];
    if (!runtime::is_utf8(record.text.substr(0, span.end))) return false; // as the rest would be found to be
    const JsonToken token = token_of(span);
    return token.kind == JsonKind::text && value_of(token, plan_.columns[column].type, arena, value) && value.present();
}

std::uint64_t JsonColumns::content(Arena& arena) {
    std::uint64_t sum = key_hash(plan_.name);
    if (meaning_ == nullptr) return sum + content_of(members_, scanner_, arena);
    if (meaning_->key_hashes.empty()) {
        const std::string_view text = trim(record_);
        std::vector<JsonToken> members;
        if (scanner_.index(text) && scanner_.read_record(text.size(), members))
            sum += content_of(members, scanner_, arena);
        return sum;
    }
    for (std::size_t member = 0; member < meaning_->key_hashes.size(); ++member) {
        const JsonToken token = token_of(spans_[member]);
        const std::string_view text =
            token.escaped ? scanner_.unescape(token.text, arena).value_or(token.text) : token.text;
        sum += content_of_member(meaning_->key_hashes[member], token.kind, text);
    }
    return sum;
}

} // namespace watchword::stdlib
