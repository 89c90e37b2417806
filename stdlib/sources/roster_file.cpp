// One record an employee; the layout is told by the first character that is no blank.
#include "stdlib/sources/roster_file.hpp"

#include "stdlib/sources/csv.hpp"
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace watchword::stdlib {

using runtime::Field;
using runtime::Kind;
using runtime::Type;
using runtime::Value;

namespace {

class RosterReader {
public:
    RosterReader(const runtime::Program& program, const std::string& file, Ledger& ledger,
                 const Input::EnterEmployee& enter)
        : program_(program), file_(file), ledger_(ledger), enter_(enter), reader_(program) {}

    void read_lines(std::string_view bytes, std::size_t longest);
    void read_list(std::string_view bytes);
    void read_rows(std::string_view bytes, std::size_t longest);

private:
    void begin();
    void read_members(const std::vector<JsonToken>& members, const Record& record);
    std::string put(std::string_view name, const JsonToken& token);
    std::string put(std::string_view name, std::string_view cell);
    std::string put_accounts(const JsonToken& token);
    std::optional<Value> value_of(const JsonToken& token, Type type);
    std::string_view text_of(const JsonToken& token) {
        return token.escaped ? scanner_.unescape(token.text, arena_).value_or(token.text) : token.text;
    }
    std::optional<std::uint32_t> attribute_of(std::string_view name);
    std::vector<std::string> take_header(const std::vector<std::string_view>& cells) const;
    void end(const Record& record, const std::string& wrong);
    void reject(const Record& record, std::string_view reason) {
        ledger_.reject({file_, record.line, record.text}, reason);
    }

    const runtime::Program& program_;
    const std::string& file_;
    Ledger& ledger_;
    const Input::EnterEmployee& enter_;
    Reader reader_;
    JsonScanner scanner_;
    Arena arena_;
    std::string id_;
    std::vector<std::string> accounts_;
    std::vector<std::pair<std::uint32_t, Value>> attributes_;
};

void RosterReader::begin() {
    ++ledger_.statistics.records;
    arena_.reset();
    id_.clear();
    accounts_.clear();
    attributes_.clear();
}

void RosterReader::end(const Record& record, const std::string& wrong) {
    if (!wrong.empty()) return reject(record, wrong);
    if (id_.empty()) return reject(record, "`id` of the employee is missing");
    ++ledger_.statistics.employees;
    const std::string conflict = enter_({id_, accounts_, attributes_});
    if (!conflict.empty()) ledger_.note(fmt::format("{}:{}: {}", file_, record.line, conflict));
}

std::optional<std::uint32_t> RosterReader::attribute_of(std::string_view name) {
    const std::vector<Field>& attributes = program_.employee.attributes;
    const auto found =
        std::find_if(attributes.begin(), attributes.end(), [&](const Field& field) { return field.name == name; });
    if (found != attributes.end()) return static_cast<std::uint32_t>(found - attributes.begin());
    ledger_.note(fmt::format("{}: `{}` is no attribute of `employee` and is ignored", file_, name));
    return std::nullopt;
}

std::string RosterReader::put_accounts(const JsonToken& token) {
    std::vector<JsonToken> elements;
    if (token.kind == JsonKind::array) {
        if (!scanner_.read_inner(token, elements)) return scanner_.error();
    } else if (token.kind != JsonKind::null) {
        elements.push_back(token);
    }
    for (const JsonToken& element : elements) {
        if (element.kind != JsonKind::text && element.kind != JsonKind::number)
            return "`accounts` is not a list of names";
        if (const std::string_view account = trim(text_of(element)); !account.empty()) accounts_.emplace_back(account);
    }
    return {};
}

std::optional<Value> RosterReader::value_of(const JsonToken& token, Type type) {
    if (type.kind != Kind::list || token.kind != JsonKind::array) return reader_.read(text_of(token), type, arena_);
    std::vector<JsonToken> elements;
    if (!scanner_.read_inner(token, elements)) return std::nullopt;
    Value* const items = arena_.values(elements.size());
    for (std::size_t index = 0; index < elements.size(); ++index) {
        const auto item = value_of(elements[index], {static_cast<Kind>(type.detail)});
        if (!item) return std::nullopt;
        items[index] = *item;
    }
    return Value::of_list(items, elements.size());
}

/// Empty: fine; else what is wrong.
std::string RosterReader::put(std::string_view name, const JsonToken& token) {
    if (name == "accounts") return put_accounts(token);
    if (token.kind == JsonKind::null) return {};
    if (name == "id") {
        if (token.kind != JsonKind::text && token.kind != JsonKind::number) return "`id` is not a text";
        id_ = trim(text_of(token));
        return {};
    }
    const std::optional<std::uint32_t> attribute = attribute_of(name);
    if (!attribute) return {};
    const Type type = program_.employee.attributes[*attribute].type;
    const std::optional<Value> value = value_of(token, type);
    if (!value) return fmt::format("`{}` is not {}", name, describe(type.kind));
    attributes_.emplace_back(*attribute, *value);
    return {};
}

std::string RosterReader::put(std::string_view name, std::string_view cell) {
    if (cell.empty()) return {};
    if (name == "id") {
        id_ = cell;
        return {};
    }
    if (name == "accounts") {
        while (!cell.empty()) {
            const std::size_t end = std::min(cell.find(';'), cell.size());
            if (const std::string_view account = trim(cell.substr(0, end)); !account.empty())
                accounts_.emplace_back(account);
            cell.remove_prefix(std::min(end + 1, cell.size()));
        }
        return {};
    }
    const std::optional<std::uint32_t> attribute = attribute_of(name);
    if (!attribute) return {};
    const Type type = program_.employee.attributes[*attribute].type;
    const std::optional<Value> value = reader_.read(cell, type, arena_);
    if (!value) return fmt::format("`{}` is not {}", name, describe(type.kind));
    attributes_.emplace_back(*attribute, *value);
    return {};
}

void RosterReader::read_members(const std::vector<JsonToken>& members, const Record& record) {
    std::string wrong;
    for (const JsonToken& member : members) {
        const std::string_view key =
            member.key_escaped ? scanner_.unescape(member.key, arena_).value_or(member.key) : member.key;
        if (wrong.empty()) wrong = put(key, member);
    }
    end(record, wrong);
}

void RosterReader::read_lines(std::string_view bytes, std::size_t longest) {
    std::vector<JsonToken> members;
    for (std::uint64_t line = 1; !bytes.empty(); ++line) {
        const Record record{bytes.substr(0, line_extent(bytes, true)), line};
        bytes.remove_prefix(record.text.size());
        if (trim(record.text).empty()) continue;
        begin();
        if (record.text.size() > longest)
            reject({record.text.substr(0, 1000), line}, "too long");
        else if (scanner_.index(record.text) && scanner_.read_record(record.text.size(), members))
            read_members(members, record);
        else
            reject(record, scanner_.error());
    }
}

void RosterReader::read_list(std::string_view bytes) {
    JsonToken list;
    list.kind = JsonKind::array;
    std::vector<JsonToken> people, members;
    if (bytes.size() >= UINT32_MAX || !scanner_.index(bytes) || !scanner_.read_inner(list, people)) {
        ledger_.fail(fmt::format("cannot read the roster `{}`: {}", file_,
                                 bytes.size() >= UINT32_MAX ? "a list of more than 4 GiB" : scanner_.error()));
        return;
    }
    std::uint64_t line = 1;
    const char* counted = bytes.data();
    for (const JsonToken& person : people) {
        line += static_cast<std::uint64_t>(std::count(counted, person.text.data(), '\n'));
        counted = person.text.data();
        begin();
        const Record record{person.text, line};
        if (person.kind == JsonKind::object && scanner_.read_inner(person, members))
            read_members(members, record);
        else
            reject(record, no_json_object);
    }
}

/// By the names that `put` knows, where it is written a little otherwise, as in sources.
std::vector<std::string> RosterReader::take_header(const std::vector<std::string_view>& cells) const {
    std::vector<std::string> header(cells.begin(), cells.end());
    const auto rename = [&](const std::string& name) {
        if (const std::optional<std::size_t> place = find_header(header, {name})) header[*place] = name;
    };
    rename("id");
    rename("accounts");
    for (const Field& attribute : program_.employee.attributes) rename(attribute.name);
    return header;
}

void RosterReader::read_rows(std::string_view bytes, std::size_t longest) {
    std::vector<std::string> header;
    std::vector<std::string_view> cells;
    const std::string_view written = bytes.substr(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    const std::string_view first = written.substr(0, written.find('\n'));
    const char delimiter = first.find(',') != std::string_view::npos    ? ','
                           : first.find('\t') != std::string_view::npos ? '\t'
                                                                        : ';';
    std::uint64_t line = 1;
    while (!bytes.empty()) {
        const Record record{bytes.substr(0, csv_extent(bytes.substr(0, longest + 1), delimiter, true)), line};
        bytes.remove_prefix(record.text.size());
        line += static_cast<std::uint64_t>(std::count(record.text.begin(), record.text.end(), '\n'));
        if (trim(record.text).empty()) continue;
        if (header.empty()) {
            split_csv(record.text, delimiter, arena_, cells);
            if (const std::string_view wrong = problem_of_csv(record.text); !wrong.empty())
                return ledger_.fail(fmt::format("cannot read the roster `{}`: {}", file_, wrong));
            header = take_header(cells);
            if (std::find(header.begin(), header.end(), "id") == header.end())
                return ledger_.fail(fmt::format("cannot read the roster `{}`: its header has no column `id`", file_));
            continue;
        }
        begin();
        std::string wrong;
        if (!runtime::is_utf8(record.text))
            wrong = "invalid UTF-8";
        else if (!split_csv(record.text, delimiter, arena_, cells))
            wrong = "a quote that is not closed";
        for (std::size_t index = 0; wrong.empty() && index < cells.size(); ++index) {
            if (index < header.size())
                wrong = put(header[index], cells[index]);
            else if (!cells[index].empty())
                wrong = "more cells than the header names";
        }
        end(record, wrong);
    }
}

} // namespace

void read_roster(const runtime::Program& program, const Contents& contents, const std::string& file,
                 std::size_t longest_record, Ledger& ledger, const Input::EnterEmployee& enter) {
    RosterReader reader(program, file, ledger, enter);
    const std::string_view bytes = contents.bytes();
    ledger.statistics.bytes += bytes.size();
    const std::string_view start = trim(bytes.substr(0, 4096));
    if (start.starts_with('{'))
        reader.read_lines(bytes, longest_record);
    else if (start.starts_with('['))
        reader.read_list(bytes);
    else
        reader.read_rows(bytes, longest_record);
}

} // namespace watchword::stdlib
