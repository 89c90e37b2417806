#include "desk/sample.hpp"

#include "dsl/literal.hpp"
#include "runtime/text.hpp"
#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/csv.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/source.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

namespace watchword::desk {

namespace {

using runtime::Kind;

constexpr std::size_t most_bytes = std::size_t{4} << 20;
constexpr std::size_t deepest = 8;
constexpr std::string_view iso_date = "%Y-%m-%d"; ///< read without a format too

/// What the values of one column still could be.
struct Guess {
    std::string header;
    std::size_t present = 0;
    bool whole = true, real = true, boolean = true, time = true, ip = true;
    bool quoted = false; ///< of JSON: some value was a text
    TimeForms forms;
    ClockForms clocks;
    std::set<std::string> words;
};

void learn(Guess& guess, std::string_view value, bool quoted) {
    ++guess.present;
    guess.quoted |= quoted;
    guess.whole = guess.whole && runtime::parse_integer(value).has_value();
    guess.real = guess.real && runtime::parse_real(value).has_value();
    guess.boolean = guess.boolean && value.size() > 1 && runtime::parse_boolean(value).has_value();
    guess.time = guess.time && value.size() >= 8 && stdlib::read_time(value, "").has_value();
    guess.ip = guess.ip && runtime::parse_ip(value).has_value();
    guess.forms.learn(value);
    guess.clocks.learn(value);
    if (guess.words.size() <= sample_words) guess.words.emplace(value);
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

Kind kind_of(const Guess& guess, bool is_json) {
    const std::string name = lower(guess.header);
    if (guess.present == 0) return Kind::text;
    if (guess.time && !guess.whole) return Kind::time;
    if (guess.ip && !guess.whole) return Kind::ip;
    if (guess.boolean) return Kind::boolean;
    const bool is_number = !is_json || !guess.quoted;
    const bool is_size = has_any(name, {"bytes", "size"}) && !has_any(name, {"kb", "mb", "gb", "kib", "mib"});
    if (guess.whole && is_number) return is_size ? Kind::size : Kind::integer;
    if (guess.real && is_number) return Kind::real;
    const bool one_word = std::none_of(guess.words.begin(), guess.words.end(), [](const std::string& word) {
        return word.find_first_of(" \t/\\@") != std::string::npos;
    });
    if (one_word && (name == "pc" || has_any(name, {"host", "computer", "machine", "workstation"}))) return Kind::host;
    return Kind::text;
}

SampleColumn column_from(const Guess& guess, std::size_t records, bool is_json) {
    SampleColumn column;
    column.header = guess.header;
    column.kind = kind_of(guess, is_json);
    column.optional = guess.present < records;
    if (guess.present == 0) return column;
    if (column.kind == Kind::time) {
        column.is_date = guess.forms.best().format == iso_date;
        return column;
    }
    if (column.kind == Kind::text) column.clock_format = guess.clocks.best();
    if (TimeForm form = guess.forms.best();
        !form.format.empty() && (column.kind == Kind::text || column.kind == Kind::integer)) {
        column.kind = Kind::time;
        column.is_date = !form.has_clock;
        column.form = std::move(form);
    } else if (column.kind == Kind::text && guess.words.size() <= sample_words && guess.words.size() < guess.present) {
        column.words.assign(guess.words.begin(), guess.words.end());
    }
    return column;
}

// --- records ---------------------------------------------------------------------------------------------------------

struct Guesses {
    std::vector<Guess> columns;
    std::map<std::string, std::size_t> places;
    std::size_t records = 0;

    Guess& at(const std::string& header) {
        const auto [place, added] = places.emplace(header, columns.size());
        if (added) columns.emplace_back().header = header;
        return columns[place->second];
    }
};

void learn_json(Guesses& guesses, const std::string& path, simdjson::dom::element value, std::size_t depth) {
    if (value.is_null() || value.is_array()) return;
    if (value.is_object()) {
        if (depth == deepest) return;
        for (const auto& [key, inner] : simdjson::dom::object(value))
            learn_json(guesses, path.empty() ? std::string(key) : fmt::format("{}.{}", path, key), inner, depth + 1);
        return;
    }
    if (path.empty()) return;
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) {
        if (!text.empty()) learn(guesses.at(path), text, true);
    } else {
        learn(guesses.at(path), simdjson::minify(value), false);
    }
}

std::string read_json(std::string_view text, Guesses& guesses) {
    simdjson::dom::parser parser;
    std::size_t number = 0;
    while (!text.empty() && guesses.records < sample_records) {
        const std::size_t length = stdlib::line_extent(text, true);
        const std::string_view line = stdlib::trim(text.substr(0, length));
        text.remove_prefix(length);
        ++number;
        if (line.empty()) continue;
        simdjson::dom::element record;
        if (parser.parse(simdjson::padded_string(line)).get(record) != simdjson::SUCCESS || !record.is_object())
            return fmt::format("line {} is not a JSON object", number);
        ++guesses.records;
        learn_json(guesses, "", record, 0);
    }
    return {};
}

/// The delimiter that the first line has most of.
char delimiter_of(std::string_view first_line) {
    char best = ',';
    std::ptrdiff_t most = 0;
    for (const char candidate : {',', ';', '\t', '|'}) {
        const auto count = std::count(first_line.begin(), first_line.end(), candidate);
        if (count > most) best = candidate, most = count;
    }
    return best;
}

std::string read_csv(std::string_view text, char delimiter, Guesses& guesses) {
    stdlib::Arena arena;
    std::vector<std::string_view> cells;
    bool header = true;
    while (!text.empty() && guesses.records < sample_records) {
        const std::size_t length = stdlib::csv_extent(text, delimiter, true);
        const std::string_view row = text.substr(0, length);
        text.remove_prefix(length);
        if (stdlib::trim(row).empty()) continue;
        arena.reset();
        if (!stdlib::split_csv(row, delimiter, arena, cells)) return "a quote is not closed";
        if (header) {
            for (const std::string_view cell : cells) {
                if (cell.empty()) return "the first row, which names the columns, has an empty cell";
                guesses.at(std::string(cell));
            }
            if (guesses.columns.size() != cells.size()) return "two columns have the same name";
            header = false;
            continue;
        }
        ++guesses.records;
        for (std::size_t index = 0; index < std::min(cells.size(), guesses.columns.size()); ++index)
            if (!cells[index].empty()) learn(guesses.columns[index], cells[index], true);
    }
    return {};
}

// --- which column is what --------------------------------------------------------------------------------------------

/// The first column, by the order of `names`, whose header is one of them or ends in one behind a dot or `_`.
template <class Fits>
std::optional<std::size_t> find_column(const Sample& sample, std::initializer_list<const char*> names, Fits fits) {
    for (const std::string_view name : names)
        for (std::size_t index = 0; index < sample.columns.size(); ++index) {
            const std::string header = name_from(sample.columns[index].header);
            if (fits(sample.columns[index]) && (header == name || header.ends_with("_" + std::string(name))))
                return index;
        }
    return std::nullopt;
}

std::string choose(const Sample& sample, std::string_view what, std::string_view flag, std::string_view asked,
                   std::optional<std::size_t> found, std::size_t& column) {
    std::vector<std::string> headers;
    for (std::size_t index = 0; index < sample.columns.size(); ++index) {
        headers.push_back(sample.columns[index].header);
        if (headers.back() == asked) found = index;
    }
    if (!found)
        return fmt::format("none of the columns {} looks like {}; say which one is: {} COLUMN",
                           fmt::join(headers, ", "), what, flag);
    column = *found;
    return {};
}

std::string choose_columns(Sample& sample, const SampleOptions& options) {
    const auto is_time = [](const SampleColumn& column) { return column.kind == Kind::time; };
    const auto is_name = [](const SampleColumn& column) {
        return column.kind == Kind::text || column.kind == Kind::integer;
    };
    const auto is_instant = [](const SampleColumn& column) { return column.kind == Kind::time && !column.is_date; };
    const auto names = {"time", "timestamp", "date", "datetime", "at", "when", "created", "occurred"};
    auto time = find_column(sample, names, is_instant);
    if (!time) time = find_column(sample, names, is_time);
    if (!time)
        for (std::size_t index = sample.columns.size(); index-- > 0;)
            if (is_time(sample.columns[index])) time = index;
    if (!time) // an epoch
        time = find_column(sample, {"time", "timestamp", "ts", "epoch"}, [&](const SampleColumn& column) {
            return sample.format == "json" && (column.kind == Kind::integer || column.kind == Kind::real);
        });
    const auto person =
        find_column(sample, {"user",     "username",    "user_name",    "userid", "user_id", "account", "account_name",
                             "employee", "employee_id", "login",        "person", "actor",   "subject", "owner",
                             "sender",   "from",        "emailaddress", "email",  "mail",    "name"},
                    is_name);
    if (std::string problem = choose(sample, "an account", "--person", options.person, person, sample.person);
        !problem.empty())
        return problem;
    if (std::string problem = choose(sample, "a time", "--time", options.time, time, sample.time); !problem.empty())
        return problem;
    if (const SampleColumn& chosen = sample.columns[sample.time];
        chosen.kind != Kind::time && chosen.kind != Kind::integer && chosen.kind != Kind::real)
        return fmt::format("the values of the column `{}` are no times", chosen.header);
    if (sample.person == sample.time) return "one column cannot be both the account and the time";
    if (sample.columns[sample.time].is_date) {
        const auto is_clock = [](const SampleColumn& column) { return !column.clock_format.empty(); };
        sample.clock = find_column(sample, {"time", "clock", "hour", "time_of_day"}, is_clock);
        for (std::size_t index = 0; !sample.clock && index < sample.columns.size(); ++index)
            if (is_clock(sample.columns[index])) sample.clock = index;
    }
    sample.id = find_column(sample, {"id", "record_id", "event_id", "guid", "uuid"}, is_name);
    if (sample.id == sample.person || (sample.id && sample.columns[*sample.id].optional)) sample.id.reset();
    return {};
}

} // namespace

std::variant<Sample, std::string> read_sample(const SampleOptions& options) {
    std::string error;
    const auto stream = stdlib::ByteStream::open(options.path, error);
    if (stream == nullptr) return error;
    std::string bytes(most_bytes, '\0');
    std::size_t size = 0;
    while (size < bytes.size()) {
        const std::size_t count = stream->read(bytes.data() + size, bytes.size() - size);
        if (count == 0) break;
        size += count;
    }
    if (!stream->error().empty()) return stream->error();
    bytes.resize(size);
    if (size == most_bytes) bytes.resize(bytes.rfind('\n') + 1); // the last record may be cut
    if (!runtime::is_utf8(bytes)) return fmt::format("`{}` is not UTF-8 text", options.path);
    const std::string_view text = stdlib::trim(bytes);
    if (text.empty()) return fmt::format("`{}` holds no records", options.path);

    Sample sample;
    Guesses guesses;
    sample.format = text.front() == '{' ? "json" : "csv";
    sample.delimiter = delimiter_of(text.substr(0, text.find('\n')));
    const std::string problem =
        sample.format == "json" ? read_json(text, guesses) : read_csv(text, sample.delimiter, guesses);
    if (!problem.empty()) return fmt::format("cannot use `{}`: {}", options.path, problem);
    if (guesses.records == 0) return fmt::format("`{}` has a header and no records", options.path);
    sample.records = guesses.records;
    for (const Guess& guess : guesses.columns)
        sample.columns.push_back(column_from(guess, guesses.records, sample.format == "json"));
    if (const std::string choice = choose_columns(sample, options); !choice.empty())
        return fmt::format("cannot use `{}`: {}", options.path, choice);
    return sample;
}

std::string name_from(std::string_view text) {
    static constexpr std::array<std::string_view, 17> reserved{
        "and", "or",     "not", "in",       "if",   "then",    "else", "true",  "false",
        "has", "during", "mod", "contains", "like", "matches", "any",  "every",
    };
    std::string name;
    for (std::size_t index = 0; index < text.size(); ++index) {
        const auto c = static_cast<unsigned char>(text[index]);
        if (c >= 0x80 || std::isalnum(c) == 0) {
            if (!name.empty() && name.back() != '_') name += '_';
            continue;
        }
        const bool begins_word =
            std::isupper(c) != 0 && index > 0 && std::islower(static_cast<unsigned char>(text[index - 1])) != 0;
        if (begins_word && !name.empty() && name.back() != '_') name += '_';
        name += static_cast<char>(std::tolower(c));
    }
    while (!name.empty() && name.back() == '_') name.pop_back();
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name = "field_" + name;
    const bool is_reserved = std::find(reserved.begin(), reserved.end(), name) != reserved.end() ||
                             name == "startswith" || name == "endswith" || name == "overlaps";
    return is_reserved ? name + "_" : name;
}

namespace {

std::string_view word_for(Kind kind) {
    switch (kind) {
    case Kind::boolean:
        return "bool";
    case Kind::integer:
        return "int";
    case Kind::real:
        return "real";
    case Kind::size:
        return "size";
    case Kind::ip:
        return "ip";
    case Kind::host:
        return "host";
    case Kind::time:
        return "time";
    default:
        return "text";
    }
}

/// Values that say what somebody worked on: shown under a pseudonym unless a run reveals.
bool is_sensitive(const SampleColumn& column) {
    return column.kind == Kind::text && column.words.empty() &&
           has_any(lower(column.header), {"path", "file", "subject", "url", "recipient", "command", "body", "content",
                                          "title", "message", "attachment", "to", "query"});
}

/// Names of columns, each once.
std::vector<std::string> column_names(const Sample& sample) {
    std::vector<std::string> names;
    std::set<std::string> taken;
    for (const SampleColumn& column : sample.columns) {
        std::string name = name_from(column.header);
        while (!taken.insert(name).second) name += "_2";
        names.push_back(name);
    }
    return names;
}

/// Declarations of a sample's event and source.
class SourceWriter {
public:
    SourceWriter(const Sample& sample, std::string_view name)
        : sample_(sample), name_(name), names_(column_names(sample)) {}

    std::string write() const {
        std::string fields = "  user person\n", columns;
        std::string emitted = fmt::format("    time: {}, user: {}", time(), names_[sample_.person]);
        if (sample_.id) emitted += fmt::format(", id: {}", names_[*sample_.id]);
        for (std::size_t index = 0; index < sample_.columns.size(); ++index) {
            columns += column(index);
            if (!is_field(index)) continue;
            fields += field(index);
            emitted += fmt::format(",\n    {}: {}", field_name(index), value(index));
        }
        for (const std::string& doubt : doubts_about(sample_)) columns += fmt::format("  # {}\n", doubt);
        return fmt::format("event {0}.record {{\n{1}}}\n\n"
                           "source {0} from {2} {{\n{3}{4}  emit {0}.record {{\n{5}\n  }}\n}}\n",
                           name_, fields, sample_.format, delimiter(), columns, emitted);
    }

private:
    const Sample& sample_;
    std::string_view name_;
    std::vector<std::string> names_; ///< of the columns

    bool is_field(std::size_t index) const {
        return index != sample_.person && index != sample_.time && sample_.clock != index && sample_.id != index;
    }

    /// `time`, `id` and `type` mean something already.
    std::string field_name(std::size_t index) const {
        const std::string& name = names_[index];
        return name == "time" || name == "id" || name == "type" || name == "user" ? "record_" + name : name;
    }

    std::string delimiter() const {
        if (sample_.format != "csv" || sample_.delimiter == ',') return {};
        return fmt::format("  delimiter \"{}\"\n",
                           sample_.delimiter == '\t' ? "\\t" : std::string(1, sample_.delimiter));
    }

    std::string value(std::size_t index) const {
        const std::string& format = sample_.columns[index].form.format;
        return format.empty() ? names_[index]
                              : fmt::format("parse_time({}, {})", names_[index], dsl::spell_text(format));
    }

    std::string time() const {
        if (!sample_.clock) return value(sample_.time);
        const std::string& date = sample_.columns[sample_.time].form.format;
        const std::string format = fmt::format("{} {}", date.empty() ? iso_date : std::string_view{date},
                                               sample_.columns[*sample_.clock].clock_format);
        return fmt::format("parse_time({} + \" \" + {}, {})", names_[sample_.time], names_[*sample_.clock],
                           dsl::spell_text(format));
    }

    std::string column(std::size_t index) const {
        const SampleColumn& column = sample_.columns[index];
        const bool is_part = sample_.clock && (sample_.clock == index || sample_.time == index);
        const bool as_text = !column.form.format.empty() || index == sample_.person || sample_.id == index || is_part;
        const bool is_time = index == sample_.time; // if by its kind it is a number, an epoch
        return fmt::format("  {}{}? {} from {}\n", is_field(index) && is_sensitive(column) ? "sensitive " : "",
                           as_text   ? "text"
                           : is_time ? "time"
                                     : word_for(column.kind),
                           names_[index], dsl::spell_text(column.header));
    }

    std::string field(std::size_t index) const {
        const SampleColumn& column = sample_.columns[index];
        std::string text;
        for (const std::string& word : column.words) text += ' ' + dsl::spell_text(word);
        if (!text.empty()) text = fmt::format("  # in the sample:{}\n", text);
        return text + fmt::format("  {}{} {}{}\n", is_sensitive(column) ? "sensitive " : "", field_name(index),
                                  word_for(column.kind), column.optional ? "?" : "");
    }
};

} // namespace

std::vector<std::string> doubts_about(const Sample& sample) {
    std::vector<std::string> doubts;
    for (const SampleColumn& column : sample.columns)
        if (!column.form.exchanged.empty())
            doubts.push_back(fmt::format("`{}`: {} and {} fit all values of the sample; {}", column.header,
                                         column.form.format, column.form.exchanged,
                                         column.form.told_by_order
                                             ? "only by the first are its records in order, and so it is taken"
                                             : "the first is taken, for nothing tells"));
    if (sample.columns[sample.time].is_date && !sample.clock)
        doubts.push_back(fmt::format("`{}` has no time of day: each record counts as of the day's first instant",
                                     sample.columns[sample.time].header));
    return doubts;
}

std::string write_source(const Sample& sample, std::string_view name) { return SourceWriter(sample, name).write(); }

} // namespace watchword::desk
