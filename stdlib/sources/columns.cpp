// Cells become typed column values. An empty one is absent.
#include "stdlib/sources/columns.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include <algorithm>

namespace watchword::stdlib {

using runtime::ColumnPlan;
using runtime::Value;

namespace {

std::uint64_t hash(std::string_view text, std::uint64_t seed = 0) {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

} // namespace

Columns::Columns(const runtime::SourcePlan& plan)
    : plan_(plan), values_(plan.columns.size()), asks_(plan.columns.size(), Ask::none), tallies_(plan.columns.size()) {
    asked_.reserve(plan.columns.size());
    for (std::uint32_t column = 0; column < plan.columns.size(); ++column)
        if (!plan.columns[column].type.optional) required_.push_back(column);
}

Reader Columns::reader_for(const runtime::Program& program, const runtime::SourcePlan& plan) {
    Reader reader(program);
    if (!plan.zone.empty()) reader.zone = plan.zone;
    return reader;
}

std::string Columns::name_of(const ColumnPlan& column) { return column.headers.empty() ? "?" : column.headers.front(); }

std::string Columns::complaint(const ColumnPlan& column, bool was_there) {
    if (!was_there) return fmt::format("column `{}` is missing", name_of(column));
    return fmt::format("column `{}` is not {}", name_of(column), describe(column.type.kind));
}

void Columns::begin(const Record& record, Arena& arena) {
    arena_ = &arena;
    line_ = record.line;
    for (const std::uint32_t column : asked_) {
        values_[column] = Value::absent();
        asks_[column] = Ask::none;
    }
    asked_.clear();
    is_counted_ = false;
}

void Columns::count_record(std::size_t offset) {
    if (std::exchange(is_counted_, true)) return;
    for (const std::uint32_t column : asked_) {
        Tally& tally = tallies_[column];
        ++tally.asked;
        if (asks_[column] == Ask::absent) ++tally.absent;
        if (asks_[column] != Ask::unreadable) continue;
        ++tally.unreadable;
        if (line_ != 0)
            tally.first_line = std::min(tally.first_line, line_);
        else
            tally.first_offset = std::min(tally.first_offset, offset);
    }
}

void Columns::add(const std::vector<Tally>& others) {
    for (std::size_t column = 0; column < tallies_.size(); ++column) {
        Tally& tally = tallies_[column];
        const Tally& other = others[column];
        tally.asked += other.asked;
        tally.absent += other.absent;
        tally.unreadable += other.unreadable;
        tally.first_line = std::min(tally.first_line, other.first_line);
        tally.first_offset = std::min(tally.first_offset, other.first_offset);
        tally.is_repeated = tally.is_repeated || other.is_repeated;
    }
}

CsvColumns::CsvColumns(const runtime::Program& program, const runtime::SourcePlan& plan, const std::string& file,
                       Ledger& ledger)
    : Columns(plan), file_(file), ledger_(ledger), reader_(reader_for(program, plan)),
      delimiter_(plan.delimiter.empty() ? ',' : plan.delimiter.front()), next_(delimiter_), plain_(delimiter_),
      header_(plan.header) {
    if (!header_.empty()) match_header("");
}

std::size_t CsvColumns::extent(std::string_view bytes, bool all) {
    const std::size_t length = next_.read(bytes);
    return length != 0 ? length : csv_extent(bytes, delimiter_, all);
}

ReadResult CsvColumns::reject(const Record& record, std::string_view reason) {
    ledger_.reject({file_, record.line, record.text}, reason);
    return ReadResult::rejected;
}

void CsvColumns::match_header(std::string_view problem) {
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
    if (!problem.empty()) {
        ledger_.fail(fmt::format("cannot use `{}` as `{}`: {}", file_, plan_.name, problem));
    } else if (found == 0 && !plan_.columns.empty()) {
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
    match_header(problem_of_csv(record.text));
}

/// The record as cells; false: `wrong` says why not.
bool CsvColumns::split(const Record& record, Arena& arena, std::string_view& wrong) {
    const std::string_view row = record.text;
    is_plain_ = row.data() == next_.text().data() && row.size() == next_.text().size();
    if (is_plain_) std::swap(plain_, next_); // another extent may be asked for while this record is still of use
    next_.forget();
    if (!(is_plain_ && plain_.is_ascii()) && !simdjson::validate_utf8(row.data(), row.size())) {
        wrong = "invalid UTF-8";
        return false;
    }
    if (is_plain_) return true;
    if (row.find('\0') != std::string_view::npos) {
        wrong = "a NUL byte";
        return false;
    }
    wrong = "a quote that is not closed";
    return split_csv(row, delimiter_, arena, cells_);
}

ReadResult CsvColumns::read(const Record& record, Arena& arena) {
    let_go();
    if (record.line == header_line_ || is_blank(record.text)) return ReadResult::nothing;
    if (header_.empty()) {
        take_header(record, arena);
        return ReadResult::nothing;
    }
    std::string_view wrong;
    if (!split(record, arena, wrong)) return reject(record, wrong);
    const std::size_t count = cells();
    std::size_t first = 0; // that says something
    while (first < count && cell(first).empty()) ++first;
    if (first == count) return ReadResult::nothing; // spreadsheets leave rows of commas behind
    if (!plan_.header.empty() && repeats_header()) return ReadResult::nothing; // there is one after all
    for (std::size_t index = header_.size(); index < count; ++index)
        if (!cell(index).empty()) return reject(record, "more cells than the header names");
    begin(record, arena);
    for (const std::uint32_t column : required_) {
        note_asked(column);
        if (!read_cell(column)) return reject(record, complaint(plan_.columns[column], has_cell(column)));
    }
    return ReadResult::fine;
}

bool CsvColumns::repeats_header() const {
    if (cells() != header_.size()) return false;
    for (std::size_t index = 0; index < header_.size(); ++index)
        if (cell(index) != header_[index]) return false;
    return true;
}

bool CsvColumns::has_cell(std::uint32_t column) const { return !cell_of(column).empty(); }

std::string_view CsvColumns::cell_of(std::uint32_t column) const {
    const auto place = static_cast<std::size_t>(places_[column]); // -1 is beyond every row
    return place < cells() ? cell(place) : std::string_view{};
}

bool CsvColumns::read_cell(std::uint32_t column) {
    const std::string_view text = cell_of(column);
    std::optional<Value> value;
    if (!text.empty()) value = reader_.read(text, plan_.columns[column].type, *arena_);
    if (value) values_[column] = *value;
    note_read(column, !text.empty(), value.has_value());
    return value.has_value();
}

/// Flattened: of what it calls for each column, more would be calling than doing.
__attribute__((flatten)) void CsvColumns::ask(const std::vector<std::uint32_t>& columns) {
    for (const std::uint32_t column : columns)
        if (note_asked(column)) read_cell(column);
}

std::uint64_t CsvColumns::content(Arena&) const {
    std::uint64_t sum = hash(plan_.name);
    for (std::size_t index = 0; index < cells(); ++index)
        if (const std::string_view text = cell(index); !text.empty()) sum += hash(text, seeds_[index]);
    return sum;
}

} // namespace watchword::stdlib
