// Lists, tables, calendars and baselines, with the files they name. Files come through CompilerOptions::read.
#include "dsl/constants.hpp"
#include "dsl/csv_text.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::optional<std::string> read_file(Checking& checking, const TextClause& file) {
    const std::string& from = checking.sources.file(file.span.file).name;
    std::optional<std::string> text;
    if (checking.options.read) text = checking.options.read(file.text, from);
    if (!text) {
        Diagnostic& diagnostic = checking.diagnostics.add(Code::file_not_read, file.span,
                                                          fmt::format("the file {} cannot be read", quoted(file.text)));
        diagnostic.label = "not there, or not readable";
        diagnostic.help = "names of files are relative to the file that names them";
        return std::nullopt;
    }
    if (!runtime::is_utf8(*text)) {
        checking.diagnostics.add(Code::file_not_understood, file.span,
                                 fmt::format("the file {} is not UTF-8", quoted(file.text)));
        return std::nullopt;
    }
    return text;
}

std::optional<std::vector<CsvRow>> read_csv_file(Checking& checking, const TextClause& file) {
    const std::optional<std::string> text = read_file(checking, file);
    if (!text) return std::nullopt;
    std::optional<std::vector<CsvRow>> rows = read_csv(*text);
    if (!rows)
        checking.diagnostics.add(Code::file_not_understood, file.span,
                                 fmt::format("in {}, a quote is never closed", quoted(file.text)));
    return rows;
}

/// With a header, in row 0.
std::optional<std::vector<CsvRow>> read_headed_file(Checking& checking, const TextClause& file) {
    std::optional<std::vector<CsvRow>> rows = read_csv_file(checking, file);
    if (!rows || !rows->empty()) return rows;
    checking.diagnostics.add(
        Code::file_not_understood, file.span,
        fmt::format("the file {} is empty: not even a header names its columns", quoted(file.text)));
    return std::nullopt;
}

/// Index of the column, without regard to case; nullopt after reporting.
std::optional<std::size_t> find_header(Checking& checking, const TextClause& file, const CsvRow& header,
                                       const Name& name) {
    for (std::size_t index = 0; index < header.cells.size(); ++index)
        if (runtime::equal_folded(header.cells[index], name.text)) return index;
    Diagnostic& diagnostic =
        checking.diagnostics.add(Code::unknown_column, name.span,
                                 fmt::format("the file {} has no column {}", quoted(file.text), quoted(name.text)));
    diagnostic.label = "no such column";
    const std::vector<std::string_view> candidates(header.cells.begin(), header.cells.end());
    const std::string_view best = nearest(name.text, candidates);
    if (!best.empty()) diagnostic.help = fmt::format("did you mean {}?", quoted(best));
    return std::nullopt;
}

Constant text_constant(std::string text) {
    Constant constant;
    constant.type = type_of(Kind::text);
    constant.text = std::move(text);
    return constant;
}

void fill_from_file(Checking& checking, const ListDecl& declared, ListInfo& list) {
    list.element = type_of(Kind::text);
    if (!declared.column && !ends_with(declared.file->text, ".csv")) {
        if (const std::optional<std::string> text = read_file(checking, *declared.file))
            for (auto& [line, value] : read_lines(*text)) list.items.push_back(text_constant(value));
        return;
    }
    const std::optional<std::vector<CsvRow>> rows =
        declared.column ? read_headed_file(checking, *declared.file) : read_csv_file(checking, *declared.file);
    if (!rows || rows->empty()) return;
    std::size_t column = 0;
    if (declared.column) {
        const std::optional<std::size_t> found =
            find_header(checking, *declared.file, rows->front(), {declared.column->text, declared.column->span});
        if (!found) return;
        column = *found;
    }
    for (std::size_t index = declared.column ? 1 : 0; index < rows->size(); ++index) {
        const std::vector<std::string>& cells = (*rows)[index].cells;
        if (column < cells.size() && !cells[column].empty()) list.items.push_back(text_constant(cells[column]));
    }
}

void fill_from_items(Checking& checking, const ListDecl& declared, ListInfo& list) {
    Scope scope;
    scope.tree = list.at.tree;
    scope.place = "in a list";
    ExpressionChecker checker(checking, scope);
    Type element = error_type;
    for (const ExprId item : declared.items) {
        const Type type = checker.check(item);
        if (type.kind == Kind::error) continue;
        const std::optional<Constant> value = constant_value(checking.model, list.at.tree, item);
        if (!value || !value->present || type.kind == Kind::list) {
            checking.diagnostics.add(Code::not_constant, checking.expr(list.at.tree, item).span,
                                     "the items of a list are constant single values");
            continue;
        }
        const bool widens = element.kind == Kind::integer && type.kind == Kind::real;
        if (element.kind == Kind::error || widens) element = type.as_required();
        if (!checker.convert(item, element, "the list's first item")) continue;
        list.items.push_back(*value);
    }
    for (Constant& item : list.items)
        if (std::optional<Constant> converted = convert_constant(checking.model, item, element, "UTC"))
            item = std::move(*converted);
    list.element = element.kind == Kind::error ? type_of(Kind::text) : element;
}

bool read_cell(Checking& checking, const TextClause& file, const CsvRow& row, const std::string& cell, Type type,
               std::vector<Constant>& into) {
    std::optional<Constant> value = convert_constant(checking.model, text_constant(cell), type, "UTC");
    if (value) {
        into.push_back(std::move(*value));
        return true;
    }
    checking.diagnostics.add(Code::file_not_understood, file.span,
                             fmt::format("line {} of {}: {} is not a {}", row.line, quoted(file.text), quoted(cell),
                                         quoted(show_type(checking.model, type))));
    return false;
}

void check_table(Checking& checking, TableInfo& table) {
    const auto& declared = checking.model.decl<TableDecl>(table.at);
    for (const FieldDecl& column : declared.columns) {
        const Type type = resolve_type(checking, column.type);
        if (type.optional || type.kind == Kind::list || type.kind == Kind::enumeration || column.fallback != no_expr)
            checking.diagnostics.add(Code::not_supported, column.span,
                                     "columns of a table are plain, present values; other types are not supported yet");
        table.names.push_back(column.name.text);
        table.columns.push_back(type.kind);
    }
    const std::optional<std::vector<CsvRow>> rows = read_headed_file(checking, declared.file);
    if (!rows) return;
    std::vector<std::size_t> places;
    for (const FieldDecl& column : declared.columns) {
        const std::optional<std::size_t> place = find_header(checking, declared.file, rows->front(), column.name);
        if (!place) return;
        places.push_back(*place);
    }
    for (std::size_t index = 1; index < rows->size(); ++index) {
        const CsvRow& row = (*rows)[index];
        std::vector<Constant> cells;
        for (std::size_t column = 0; column < places.size(); ++column) {
            if (places[column] >= row.cells.size()) {
                checking.diagnostics.add(Code::file_not_understood, declared.file.span,
                                         fmt::format("line {} of {} has no cell for {}", row.line,
                                                     quoted(declared.file.text), quoted(table.names[column])));
                return;
            }
            const std::string& cell = row.cells[places[column]];
            if (table.columns[column] == Kind::error ||
                !read_cell(checking, declared.file, row, cell, type_of(table.columns[column]), cells))
                return;
        }
        table.rows.push_back(std::move(cells));
    }
}

/// As the header of a column is; a date that is written otherwise begins with a digit.
bool may_be_header(std::string_view text) { return text.empty() || text.front() < '0' || text.front() > '9'; }

void check_holidays(Checking& checking, const TextClause& file, CalendarInfo& calendar) {
    const std::optional<std::vector<CsvRow>> rows = read_csv_file(checking, file);
    if (!rows) return;
    for (const CsvRow& row : *rows) {
        if (row.cells.empty()) continue;
        const std::optional<runtime::Time> day = runtime::parse_time(row.cells[0], "UTC");
        if (day) {
            calendar.holidays.push_back(runtime::local_day(*day, runtime::Zone()));
        } else if (row.cells[0].rfind('#', 0) != 0 && !(&row == &rows->front() && may_be_header(row.cells[0]))) {
            checking.diagnostics.add(
                Code::file_not_understood, file.span,
                fmt::format("line {} of {}: {} is not a date", row.line, quoted(file.text), quoted(row.cells[0])));
            return;
        }
    }
    std::sort(calendar.holidays.begin(), calendar.holidays.end());
    calendar.holidays.erase(std::unique(calendar.holidays.begin(), calendar.holidays.end()), calendar.holidays.end());
}

void check_days(Checking& checking, const CalendarDecl& declared) {
    static constexpr std::array<std::string_view, 7> days{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (const auto& [first, last] : declared.days) {
        for (const Name& day : {first, last}) {
            if (std::find(days.begin(), days.end(), day.text) != days.end()) continue;
            Diagnostic& diagnostic =
                checking.diagnostics.add(Code::unknown_day, day.span, fmt::format("unknown day {}", quoted(day.text)));
            diagnostic.help = "days are mon, tue, wed, thu, fri, sat, sun";
            break;
        }
    }
}

void check_calendar(Checking& checking, CalendarInfo& calendar) {
    const auto& declared = checking.model.decl<CalendarDecl>(calendar.at);
    check_days(checking, declared);
    Scope scope;
    scope.tree = calendar.at.tree;
    scope.employee = true;
    scope.place = "in a calendar";
    ExpressionChecker checker(checking, scope);
    for (const auto& [from, to] : declared.hours) {
        // Absent hours of a person are no working time.
        checker.check_value(from, type_of(Kind::time_of_day).as_optional(), "the start of work");
        checker.check_value(to, type_of(Kind::time_of_day).as_optional(), "the end of work");
    }
    if (declared.zone != no_expr) checker.check_value(declared.zone, type_of(Kind::zone).as_optional(), "the zone");
    if (declared.except != no_expr) checker.check_condition(declared.except);
    if (declared.holidays) check_holidays(checking, *declared.holidays, calendar);
}

void check_baseline(Checking& checking, BaselineInfo& baseline) {
    const TextClause& file = checking.model.decl<BaselineDecl>(baseline.at).file;
    const std::optional<std::vector<CsvRow>> rows = read_csv_file(checking, file);
    if (!rows || rows->empty()) return; // what is to be filled by `watchword baseline`
    std::array<std::size_t, 5> places{};
    static constexpr std::array<std::string_view, 5> names{"group", "date", "mean", "stddev", "n"};
    for (std::size_t index = 0; index < names.size(); ++index) {
        const std::optional<std::size_t> place =
            find_header(checking, file, rows->front(), {std::string(names[index]), file.span});
        if (!place) return;
        places[index] = *place;
    }
    for (std::size_t index = 1; index < rows->size(); ++index) {
        const CsvRow& row = (*rows)[index];
        const auto cell = [&](std::size_t column) {
            return places[column] < row.cells.size() ? row.cells[places[column]] : std::string();
        };
        const auto date = runtime::parse_time(cell(1), checking.model.zones[baseline.at.tree]);
        const auto mean = runtime::parse_real(cell(2));
        const auto stddev = runtime::parse_real(cell(3));
        const auto people = runtime::parse_real(cell(4));
        if (!date || !mean || !stddev || !people) {
            checking.diagnostics
                .add(Code::file_not_understood, file.span,
                     fmt::format("line {} of {} is not a row of a baseline", row.line, quoted(file.text)))
                .help = "its columns are group, date, mean, stddev, n; `watchword baseline` writes them";
            return;
        }
        baseline.rows.push_back({cell(0), *date, *mean, *stddev, *people});
    }
    std::stable_sort(baseline.rows.begin(), baseline.rows.end(),
                     [](const runtime::BaselineRow& a, const runtime::BaselineRow& b) {
                         return a.group != b.group ? a.group < b.group : a.date < b.date;
                     });
}

} // namespace

void ensure_list(Checking& checking, std::uint32_t index, Span asked) {
    ListInfo& list = checking.model.lists[index];
    const auto& declared = checking.model.decl<ListDecl>(list.at);
    if (!begins(checking, checking.lists[index], declared.name, asked, "list")) return;
    if (declared.file)
        fill_from_file(checking, declared, list);
    else
        fill_from_items(checking, declared, list);
    ends(checking, checking.lists[index]);
}

void check_lists(Checking& checking) {
    for (std::uint32_t index = 0; index < checking.model.lists.size(); ++index) ensure_list(checking, index, {});
}

void check_tables(Checking& checking) {
    for (TableInfo& table : checking.model.tables) check_table(checking, table);
}

void check_calendars(Checking& checking) {
    for (CalendarInfo& calendar : checking.model.calendars) check_calendar(checking, calendar);
}

void check_baselines(Checking& checking) {
    for (BaselineInfo& baseline : checking.model.baselines) check_baseline(checking, baseline);
}

} // namespace watchword::dsl
