#include "dsl/foreign_words.hpp"

#include "dsl/syntax_scan.hpp"
#include "runtime/text.hpp"

#include <array>

namespace watchword::dsl {

namespace {

struct ForeignWord {
    std::string_view text;
    std::string_view own;
};

constexpr std::array<ForeignWord, 16> signs{{{"&&", "and"},
                                             {"||", "or"},
                                             {"&", "and"},
                                             {"|", "or"},
                                             {"!", "not"},
                                             {"<>", "!="},
                                             {"===", "=="},
                                             {"=", "=="},
                                             {"%", "mod"},
                                             {"=~", "matches"},
                                             {"AND", "and"},
                                             {"OR", "or"},
                                             {"NOT", "not"},
                                             {"IN", "in"},
                                             {"LIKE", "like"},
                                             {"'", "\""}}};

constexpr std::string_view distinct = "`distinct(x) over 1h` counts different values";
constexpr std::string_view presence = "`has x` asks whether there is a value";
constexpr std::string_view fallback = "`x ?? y` is y where x is absent";
constexpr std::string_view networks = "`address in \"10.0.0.0/8\"` asks whether an address lies in a network";
constexpr std::string_view patterns =
    "`x matches r\"…\"` takes a regular expression; `like`, `contains` and `startswith` "
    "are plainer";
constexpr std::string_view choices = "`if C then x else y` chooses";
constexpr std::string_view percentiles = "`percentile(x, 95) over 1h`; the median is `percentile(x, 50)`";
constexpr std::string_view average = "`avg(x) over 1h` is the mean";

constexpr std::string_view novelty = "`new(x) over 90d` holds where a value was not seen for so long";
constexpr std::string_view usual =
    "`usual(count() per day, past 30d, at least 10).deviation` says how far a value is from what is usual";

constexpr std::array<ForeignWord, 58> functions{{
    {"dc", distinct},
    {"distinct_count", distinct},
    {"count_distinct", distinct},
    {"dcount", distinct},
    {"cardinality", distinct},
    {"estdc", distinct},
    {"uniq", distinct},
    {"values", distinct},
    {"mean", average},
    {"average", average},
    {"total", "`sum(x) over 1h` adds up"},
    {"stdev", "`stddev(x) over 1h` is the standard deviation"},
    {"perc", percentiles},
    {"median", percentiles},
    {"quantile", percentiles},
    {"p95", percentiles},
    {"p99", percentiles},
    {"rate", "`count() over 1h` counts, and is compared with a number"},
    {"variance", "`stddev(x) over 1h` is the standard deviation"},
    {"rare", novelty},
    {"first_seen", novelty},
    {"firstseen", novelty},
    {"first_time", novelty},
    {"unseen", novelty},
    {"zscore", usual},
    {"z_score", usual},
    {"anomaly", usual},
    {"cidr", networks},
    {"in_cidr", networks},
    {"len", "`length(x)` counts characters"},
    {"strlen", "`length(x)` counts characters"},
    {"tolower", "`lower(x)`; and `==~`, `contains~` and their like compare without regard to case"},
    {"toupper", "`upper(x)`; and `==~`, `contains~` and their like compare without regard to case"},
    {"concat", "texts are joined by `+`"},
    {"strcat", "texts are joined by `+`"},
    {"coalesce", fallback},
    {"ifnull", fallback},
    {"nvl", fallback},
    {"isnull", presence},
    {"isnotnull", presence},
    {"isempty", presence},
    {"isnotempty", presence},
    {"exists", presence},
    {"iff", choices},
    {"iif", choices},
    {"case", choices},
    {"cidrmatch", networks},
    {"cidr_match", networks},
    {"ipv4_is_in_range", networks},
    {"regex", patterns},
    {"regexp", patterns},
    {"match", patterns},
    {"wildcard", patterns},
    {"now", "`time` is when the event happened; a policy knows no other clock"},
    {"strptime", "`parse_time(text, \"%d.%m.%Y %H:%M\")`"},
    {"to_timestamp", "`parse_time(text, \"%d.%m.%Y %H:%M\")`"},
    {"toint", "`to_int(x)` of numbers, `parse_int(x)` of texts"},
    {"cast", "`to_int`, `to_real`, `to_text` of values; `parse_int`, `parse_time`, `parse_ip` and their like of texts"},
}};

constexpr std::array<std::string_view, 5> nothings{"null", "nil", "none", "undefined", "na"};

constexpr std::array<ForeignWord, 5> operators{{
    {"is", "`has x` asks whether there is a value, `not has x` whether there is none; values are compared by `==`"},
    {"between", "a range stands behind `in`: `n in 1..5`"},
    {"regexp", patterns},
    {"rlike", patterns},
    {"ilike", "`like~` compares without regard to case; `*` stands for any characters"},
}};

constexpr std::array<ForeignWord, 16> long_units{{{"sec", "s"},
                                                  {"secs", "s"},
                                                  {"second", "s"},
                                                  {"seconds", "s"},
                                                  {"min", "m"},
                                                  {"mins", "m"},
                                                  {"minute", "m"},
                                                  {"minutes", "m"},
                                                  {"hr", "h"},
                                                  {"hrs", "h"},
                                                  {"hour", "h"},
                                                  {"hours", "h"},
                                                  {"day", "d"},
                                                  {"days", "d"},
                                                  {"week", "w"},
                                                  {"weeks", "w"}}};

struct ForeignClause {
    std::string_view inside;
    std::string_view text;
    std::string_view own;
};

constexpr std::string_view by =
    "windows are counted for each key by `by`: `on file.copy by host when count() over 1h > 5`";
constexpr std::string_view points = "how much a signal counts is said by the policy: `score { +40 for Bulk }`";
constexpr std::string_view line_of_score =
    "what signals count stands in the score: `score { +40 for Bulk, at most 80  halves every 7d  at most 100 }`";
constexpr std::string_view span_of_sequence = "the span of a sequence is written `sequence within 1h { … }`";
constexpr std::string_view steps = "steps follow each other without a sign between or around them: "
                                   "`{ file.archive as a  file.copy where host == a.host }`";
constexpr std::string_view several = "several events have commas between them: `on file.copy, file.move`";
constexpr std::string_view ends = "ends have commas between them: `closes on hr.layoff_cancelled, or after 60d`";
constexpr std::string_view opening = "what opens a watch is `opens on hr.termination`";
constexpr std::string_view once =
    "a level alerts once, and again when the score was below it: `alert high at 70 rearms below 50`";
constexpr std::string_view looking_back = "how far a watch looks back is `looks back 30d`";
constexpr std::string_view whom = "whom a policy watches is `covers employee.group != \"Support\"`; events are left "
                                  "out by `except \"why\" owner \"…\" until 2026-03-01 on file.copy { … }`";
constexpr std::string_view triggers = "triggers have commas between them: `opens on hr.layoff, on hr.termination`";

constexpr std::array foreign_clauses{
    ForeignClause{
        "a policy", "description",
        "what a policy is for stands in `purpose`, and its title behind its name: `policy Leavers \"…\" { … }`"},
    ForeignClause{"a policy", "title", "its title stands behind its name: `policy Leavers \"…\" { … }`"},
    ForeignClause{"a policy", "mitre", "`tags \"attack.t1052\"` and `references \"…\"` say so"},
    ForeignClause{"a signal", "description", "what a signal shows is its title: `signal Bulk \"…\" on …`"},
    ForeignClause{"a signal", "group", by},
    ForeignClause{"a signal", "groupby", by},
    ForeignClause{"a signal", "score", points},
    ForeignClause{"a signal", "points", points},
    ForeignClause{"a signal", "weight", points},
    ForeignClause{"a signal", "risk_score", points},
    ForeignClause{"a signal", "+", points},
    ForeignClause{"a signal", "severity", "how severe an alert is, is said by the policy: `alert high at 70`"},
    ForeignClause{"a signal", "within",
                  "a window stands behind its value, `when count() over 1h > 5`, the span of a sequence before its "
                  "brackets, `sequence within 1h { … }`"},
    ForeignClause{"the ends of a watch", "or", ends},
    ForeignClause{"the ends of a watch", "after", ends},
    ForeignClause{"the events of a signal", "or", several},
    ForeignClause{"the events of a signal", "|", several},
    ForeignClause{"the events of a signal", "||", several},
    ForeignClause{"a policy", "trigger", opening},
    ForeignClause{"a policy", "triggers", opening},
    ForeignClause{"a policy", "starts", opening},
    ForeignClause{"a policy", "start", opening},
    ForeignClause{"a policy", "cooldown", once},
    ForeignClause{"a policy", "throttle", once},
    ForeignClause{"a policy", "suppress", once},
    ForeignClause{"a policy", "dedup", once},
    ForeignClause{"a policy", "lookback", looking_back},
    ForeignClause{"a policy", "look_back", looking_back},
    ForeignClause{"a policy", "exclude", whom},
    ForeignClause{"a policy", "excludes", whom},
    ForeignClause{"a policy", "applies", whom},
    ForeignClause{"a policy", "for", whom},
    ForeignClause{"a policy", "ends",
                  "a watch ends by `closes after 30d`, `closes on hr.resignation_withdrawn` or both"},
    ForeignClause{"a policy", "expire",
                  "a watch ends by `closes after 30d`; the policy itself by `expires 2027-01-01`"},
    ForeignClause{
        "a score", "+",
        "lines with points come first, each with its own `, at most 80` behind a comma; then `times`, `halves` "
        "and `at most` of the whole score"},
    ForeignClause{"a policy", "+", line_of_score},
    ForeignClause{"a policy", "at", line_of_score},
    ForeignClause{"a policy", "window",
                  "how long a watch lasts is `closes after 60d`, how far it looks back `looks back 30d`"},
    ForeignClause{"a policy", "threshold", "thresholds of the score are `alert high at 70`"},
    ForeignClause{"a policy", "decay", "a score decays by `halves every 7d` in `score { … }`"},
    ForeignClause{"`opens`", "or", triggers},
    ForeignClause{"a policy", "or", triggers},
    ForeignClause{"a sequence", "with", span_of_sequence},
    ForeignClause{"a sequence", "maxspan", span_of_sequence},
    ForeignClause{"a sequence", "[", steps},
    ForeignClause{"a sequence", "-", steps},
    ForeignClause{"a sequence", "=>", steps},
};

constexpr std::string_view months = "months are not of one length; 30 days are `30d`, a year is `365d`";
constexpr std::array<ForeignWord, 8> foreign_units{{{"mo", months},
                                                    {"mon", months},
                                                    {"month", months},
                                                    {"months", months},
                                                    {"y", months},
                                                    {"yr", months},
                                                    {"year", months},
                                                    {"years", months}}};

constexpr std::string_view rules =
    "what is found in events is a `signal`; a `policy` says who is watched, what signals score, and when it alerts";
constexpr std::string_view constants =
    "a constant is `let bulk = 100MB`, a condition with a name `define is_archive(path text) = …`";
constexpr std::array<ForeignWord, 17> foreign_declarations{{
    {"rule", rules},
    {"rules", rules},
    {"detection", rules},
    {"detect", rules},
    {"alert", rules},
    {"watch", rules},
    {"monitor", rules},
    {"when", rules},
    {"import", "modules are brought into view by `use hr, activity`"},
    {"include", "modules are brought into view by `use hr, activity`"},
    {"const", constants},
    {"var", constants},
    {"macro", constants},
    {"function", constants},
    {"def", constants},
    {"schema", "an event is declared by `event badge.entry { user person, door text }`"},
    {"watchlist", "`list` names values, and `subject employee { … }` what is known of people"},
}};

constexpr std::array<ForeignWord, 31> events{{
    {"fired", "termination"},
    {"fire", "termination"},
    {"firing", "termination"},
    {"terminated", "termination"},
    {"terminate", "termination"},
    {"dismissal", "termination"},
    {"dismissed", "termination"},
    {"offboarding", "termination"},
    {"offboarded", "termination"},
    {"separation", "termination"},
    {"exit", "termination"},
    {"leaver", "termination"},
    {"quit", "resignation"},
    {"resigned", "resignation"},
    {"resign", "resignation"},
    {"notice", "resignation"},
    {"departure", "resignation"},
    {"layoff_notice", "layoff"},
    {"laid_off", "layoff"},
    {"redundancy", "layoff"},
    {"rif", "layoff"},
    {"reduction_in_force", "layoff"},
    {"performance_plan", "pip"},
    {"performance_improvement", "pip"},
    {"performance_improvement_plan", "pip"},
    {"improvement_plan", "pip"},
    {"discipline", "disciplinary_action"},
    {"disciplinary", "disciplinary_action"},
    {"warning", "disciplinary_action"},
    {"reprimand", "disciplinary_action"},
    {"hired", "hire"},
}};

template <class Words>
std::string_view own_of(const Words& words, std::string_view text) {
    for (const ForeignWord& word : words)
        if (runtime::equal_folded(word.text, text)) return word.own;
    return {};
}

} // namespace

std::string_view own_sign(std::string_view foreign) {
    for (const ForeignWord& sign : signs)
        if (sign.text == foreign) return sign.own;
    return {};
}

std::string_view advice_for_function(std::string_view foreign) { return own_of(functions, foreign); }

std::string_view advice_for_nothing(std::string_view foreign) {
    for (const std::string_view nothing : nothings)
        if (runtime::equal_folded(nothing, foreign))
            return "there is no null: `has x` asks whether there is a value, `not has x` whether there is none";
    return {};
}

std::string_view own_unit(std::string_view foreign) {
    for (const std::string_view unit : words_of(units))
        if (runtime::equal_folded(unit, foreign)) return unit;
    return own_of(long_units, foreign);
}

std::string_view advice_for_clause(std::string_view inside, std::string_view foreign) {
    for (const ForeignClause& clause : foreign_clauses)
        if (clause.inside == inside && runtime::equal_folded(clause.text, foreign)) return clause.own;
    return {};
}

std::string_view advice_for_unit(std::string_view foreign) { return own_of(foreign_units, foreign); }

std::string_view advice_for_declaration(std::string_view foreign) { return own_of(foreign_declarations, foreign); }

std::string_view own_event(std::string_view foreign) { return own_of(events, foreign); }

std::string_view advice_for_operator(std::string_view foreign) { return own_of(operators, foreign); }

} // namespace watchword::dsl
