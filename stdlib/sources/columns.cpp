// Cells and members become typed column values. A cell that is empty, and a member that is null or an empty text, is
// absent.
#include "stdlib/sources/columns.hpp"

#include "stdlib/sources/csv.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include <algorithm>

namespace watchword::stdlib {

using runtime::ColumnPlan;
using runtime::Kind;
using runtime::Type;
using runtime::Value;

namespace {

constexpr std::uint32_t deepest = 16;

std::uint64_t hash(std::string_view text, std::uint64_t seed = 0) {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::string name_of(const ColumnPlan& column) { return column.headers.empty() ? "?" : column.headers.front(); }

Reader reader_for(const runtime::Program& program, const runtime::SourcePlan& plan) {
    Reader reader(program);
    if (!plan.zone.empty()) reader.zone = plan.zone;
    return reader;
}

/// Empty: fine. What is wrong with a required column that has no value.
std::string complaint(const ColumnPlan& column, bool was_there) {
    if (column.type.optional) return {};
    if (!was_there) return fmt::format("column `{}` is missing", name_of(column));
    return fmt::format("column `{}` is not {}", name_of(column), describe(column.type.kind));
}

} // namespace

CsvColumns::CsvColumns(const runtime::Program& program, const runtime::SourcePlan& plan, const std::string& file,
                       Ledger& ledger)
    : plan_(plan), file_(file), ledger_(ledger), reader_(reader_for(program, plan)),
      delimiter_(plan.delimiter.empty() ? ',' : plan.delimiter.front()), header_(plan.header) {
    if (!header_.empty()) match_header();
}

std::size_t CsvColumns::csv_extent_of(std::string_view bytes, bool all) const {
    return csv_extent(bytes, delimiter_, all);
}

ReadResult CsvColumns::reject(const Record& record, std::string_view reason) {
    ledger_.reject({file_, record.line, record.text}, reason);
    return ReadResult::rejected;
}

void CsvColumns::match_header() {
    seeds_.clear();
    for (const std::string& name : header_) seeds_.push_back(hash(name));
    std::string missing;
    std::size_t found = 0;
    for (const ColumnPlan& column : plan_.columns) {
        const std::optional<std::size_t> place = find_header(header_, column.headers);
        places_.push_back(place ? static_cast<std::int64_t>(*place) : -1);
        if (place) ++found;
        if (!place && !column.type.optional)
            missing += fmt::format("{}`{}`", missing.empty() ? "" : ", ", name_of(column));
    }
    if (found == 0 && !plan_.columns.empty()) {
        ledger_.fail(fmt::format("cannot use `{}` as `{}`: its header has none of the columns of the source; it begins "
                                 "`{}` (is the delimiter `{}` right?)",
                                 file_, plan_.name, header_.empty() ? "" : header_.front().substr(0, 100), delimiter_));
    } else if (!missing.empty()) {
        ledger_.fail(fmt::format("cannot use `{}` as `{}` in full: its header lacks {}", file_, plan_.name, missing));
    }
}

void CsvColumns::take_header(const Record& record, Arena& arena) {
    header_line_ = record.line;
    --ledger_.statistics.records; // it is none
    split_csv(record.text, delimiter_, arena, cells_);
    header_.assign(cells_.begin(), cells_.end());
    match_header();
}

ReadResult CsvColumns::read(const Record& record, Arena& arena, Columns& columns) {
    if (record.line == header_line_ || is_blank(record.text)) return ReadResult::nothing;
    if (header_.empty()) {
        take_header(record, arena);
        return ReadResult::nothing;
    }
    if (!simdjson::validate_utf8(record.text.data(), record.text.size())) return reject(record, "invalid UTF-8");
    if (record.text.find('\0') != std::string_view::npos) return reject(record, "a NUL byte");
    if (!split_csv(record.text, delimiter_, arena, cells_)) return reject(record, "a quote that is not closed");
    if (!plan_.header.empty() && std::equal(cells_.begin(), cells_.end(), header_.begin(), header_.end()))
        return ReadResult::nothing; // there is a header after all
    if (std::all_of(cells_.begin(), cells_.end(), [](std::string_view cell) { return cell.empty(); }))
        return ReadResult::nothing; // spreadsheets leave rows of commas behind
    for (std::size_t index = header_.size(); index < cells_.size(); ++index)
        if (!cells_[index].empty()) return reject(record, "more cells than the header names");
    Value* const values = arena.values(plan_.columns.size());
    for (std::size_t index = 0; index < plan_.columns.size(); ++index) {
        const ColumnPlan& column = plan_.columns[index];
        const auto place = static_cast<std::size_t>(places_[index]); // -1 is beyond every row
        const bool there = place < cells_.size() && !cells_[place].empty();
        const auto value = there ? reader_.read(cells_[place], column.type, arena) : std::nullopt;
        if (value)
            values[index] = *value;
        else if (const std::string wrong = complaint(column, there); !wrong.empty())
            return reject(record, wrong);
    }
    columns.values = values;
    return ReadResult::fine;
}

std::uint64_t CsvColumns::content(Arena&) const {
    std::uint64_t sum = hash(plan_.name);
    for (std::size_t index = 0; index < cells_.size(); ++index)
        if (!cells_[index].empty()) sum += hash(cells_[index], seeds_[index]);
    return sum;
}

JsonColumns::JsonColumns(const runtime::Program& program, const runtime::SourcePlan& plan, const std::string& file,
                         Ledger& ledger)
    : plan_(plan), file_(file), ledger_(ledger), reader_(reader_for(program, plan)), found_(plan.columns.size()) {
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

/// Recursion is bounded by `deepest`, and by the dots of the paths.
bool JsonColumns::look_into(const std::vector<JsonToken>& members, const std::string& prefix, std::uint32_t depth,
                            Arena& arena) {
    std::string path;
    for (const JsonToken& member : members) {
        path = prefix;
        path += member.key_escaped ? scanner_.unescape(member.key, arena).value_or(member.key) : member.key;
        if (const auto uses = paths_.find(path); uses != paths_.end() && member.kind != JsonKind::null) {
            for (const Use& use : uses->second) {
                Found& found = found_[use.column];
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

bool JsonColumns::value_of(const JsonToken& token, Type type, Arena& arena, Value& value) {
    std::string_view text = token.text;
    if (token.escaped) {
        const std::optional<std::string_view> unescaped = scanner_.unescape(text, arena);
        if (!unescaped) return false;
        text = *unescaped;
    }
    if (text.empty()) return true;
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

ReadResult JsonColumns::read(const Record& record, Arena& arena, Columns& columns) {
    const std::string_view text = trim(record.text);
    if (text.empty()) return ReadResult::nothing;
    if (!scanner_.index(text) || !scanner_.read_record(text.size(), members_)) return reject(record, scanner_.error());
    for (Found& found : found_) found.present = false;
    if (!look_into(members_, "", 0, arena)) return reject(record, scanner_.error());
    Value* const values = arena.values(plan_.columns.size());
    for (std::size_t index = 0; index < plan_.columns.size(); ++index) {
        const ColumnPlan& column = plan_.columns[index];
        const Found& found = found_[index];
        const bool parsed = found.present && value_of(found.token, column.type, arena, values[index]);
        if (!parsed) values[index] = Value::absent();
        if (values[index].present() || (parsed && column.type.kind == Kind::list)) continue;
        if (const std::string wrong = complaint(column, found.present && !parsed); !wrong.empty())
            return reject(record, wrong);
    }
    columns.values = values;
    return ReadResult::fine;
}

std::uint64_t JsonColumns::content(Arena& arena) { return hash(plan_.name) + content_of(members_, scanner_, arena); }

} // namespace watchword::stdlib
