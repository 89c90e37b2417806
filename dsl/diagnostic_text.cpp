// The layouts. Columns are counted in characters; a tab is shown as one blank, so that the marks stand right.
#include "dsl/diagnostic_text.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace watchword::dsl {

namespace {

std::string_view severity_word(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

class Paint {
public:
    explicit Paint(bool on) : on_(on) {}
    std::string operator()(std::string_view code, std::string_view text) const {
        return on_ && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string{text};
    }
    std::string severity(Severity severity, std::string_view text) const {
        return (*this)(severity == Severity::error ? "1;31" : "1;33", text);
    }
    std::string frame(std::string_view text) const { return (*this)("1;34", text); }
    std::string bold(std::string_view text) const { return (*this)("1", text); }

private:
    bool on_;
};

/// A stretch to mark in one line.
struct Mark {
    Span span;
    std::string text;
    bool is_cause = false;
};

constexpr std::size_t longest_line = 160; // in characters
constexpr std::size_t longest_mark = 100;

bool is_first_byte(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// The line as shown: no control characters, cut where it is too long to read.
std::string shown_line(std::string_view line) {
    std::string result;
    std::size_t characters = 0;
    for (const char byte : line) {
        if (is_first_byte(byte) && ++characters > longest_line) break;
        result += static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F ? ' ' : byte;
    }
    return result;
}

/// Characters of the text, `most` at most; what is beyond is not looked at.
std::size_t characters(std::string_view text, std::size_t most) {
    std::size_t count = 0;
    for (const char byte : text) {
        if (count == most) break;
        if (is_first_byte(byte)) ++count;
    }
    return count;
}

/// Where the character begins that lies so many before the one at `at`; there have to be as many.
std::size_t back(std::string_view text, std::size_t at, std::size_t characters) {
    while (characters != 0 && at != 0)
        if (is_first_byte(text[--at])) --characters;
    return at;
}

class HumanText {
public:
    HumanText(const Sources& sources, bool colour) : sources_(sources), paint_(colour) {}

    std::string operator()(const Diagnostic& diagnostic) {
        const CodeRow& code = row(diagnostic.code);
        const Position at = sources_.position(diagnostic.span.file, diagnostic.span.begin);
        // Causes in the same file are marked beside the problem, others get a frame of their own.
        std::vector<Mark> marks{{diagnostic.span, diagnostic.label, false}};
        std::vector<Mark> elsewhere;
        for (const Note& note : diagnostic.notes)
            (note.span.file == diagnostic.span.file ? marks : elsewhere).push_back({note.span, note.text, true});
        gutter_ = 0;
        for (const auto* group : {&marks, &elsewhere})
            for (const Mark& mark : *group)
                gutter_ =
                    std::max(gutter_, std::to_string(sources_.position(mark.span.file, mark.span.begin).line).size());

        std::string text =
            paint_.severity(code.severity, fmt::format("{}[{}]", severity_word(code.severity), code.code)) +
            paint_.bold(": " + diagnostic.message) + "\n";
        text += heading("-->", diagnostic.span.file, at) + frame(std::move(marks), code.severity);
        for (Mark& mark : elsewhere) {
            text += heading("::>", mark.span.file, sources_.position(mark.span.file, mark.span.begin));
            text += frame({std::move(mark)}, code.severity);
        }
        if (!diagnostic.help.empty()) text += paint_("1;36", "help") + ": " + diagnostic.help + "\n";
        text += fmt::format("{} {} more: watchword explain-code {}\n", std::string(gutter_, ' '), paint_.frame("="),
                            code.code);
        return text;
    }

private:
    std::string heading(std::string_view arrow, std::uint32_t file, Position at) const {
        return fmt::format("{}{} {}:{}:{}\n", std::string(gutter_, ' '), paint_.frame(arrow), sources_.file(file).name,
                           at.line, at.column);
    }

    std::string margin(std::string_view number) const {
        return fmt::format("{}{} {}", std::string(gutter_ - number.size(), ' '), paint_.frame(number),
                           paint_.frame("|"));
    }

    std::string frame(std::vector<Mark> marks, Severity severity) const {
        std::stable_sort(marks.begin(), marks.end(),
                         [](const Mark& a, const Mark& b) { return a.span.begin < b.span.begin; });
        std::string text = margin("") + "\n";
        std::uint32_t last = 0;
        for (const Mark& mark : marks) {
            const Position from = sources_.position(mark.span.file, mark.span.begin);
            std::string_view line = sources_.line(mark.span.file, from.line);
            std::size_t before = from.column - 1; // characters shown before the mark
            const bool cut = from.column > longest_line - 40;
            if (cut) { // of a long line what is around the mark
                const std::string_view all = sources_.file(mark.span.file).text;
                before = 80;
                line = all.substr(back(all, std::min<std::size_t>(mark.span.begin, all.size()), before));
                line = line.substr(0, 4 * longest_line); // characters have four bytes at most
                line = line.substr(0, line.find('\n'));
            }
            if (from.line != last || cut) text += margin(std::to_string(from.line)) + " " + shown_line(line) + "\n";
            last = from.line;
            // Of a stretch over several lines the part on its first one.
            const std::string_view covered = sources_.text(mark.span).substr(0, 4 * longest_mark);
            const std::size_t width =
                std::max<std::size_t>(characters(covered.substr(0, covered.find('\n')), longest_mark), 1);
            const std::string under =
                std::string(width, mark.is_cause ? '-' : '^') + (mark.text.empty() ? "" : " " + mark.text);
            text += margin("") + " " + std::string(before, ' ') +
                    (mark.is_cause ? paint_.frame(under) : paint_.severity(severity, under)) + "\n";
        }
        return text + margin("") + "\n";
    }

    const Sources& sources_;
    Paint paint_;
    std::size_t gutter_ = 1;
};

std::string short_text(const Sources& sources, const Diagnostic& diagnostic, const Paint& paint) {
    const CodeRow& code = row(diagnostic.code);
    const Position at = sources.position(diagnostic.span.file, diagnostic.span.begin);
    return fmt::format("{}:{}:{}: {}: {}\n", sources.file(diagnostic.span.file).name, at.line, at.column,
                       paint.severity(code.severity, fmt::format("{}[{}]", severity_word(code.severity), code.code)),
                       diagnostic.message);
}

std::string quoted(std::string_view text) { return "\"" + json_escaped(text) + "\""; }

std::string json_span(const Sources& sources, Span span) {
    const Position from = sources.position(span.file, span.begin);
    const Position to = sources.position(span.file, span.end);
    return fmt::format(R"({{"file":{},"begin":{},"end":{},"line":{},"column":{},"end_line":{},"end_column":{}}})",
                       quoted(sources.file(span.file).name), span.begin, span.end, from.line, from.column, to.line,
                       to.column);
}

std::string json_text(const Sources& sources, const Diagnostic& diagnostic) {
    const CodeRow& code = row(diagnostic.code);
    std::string text = fmt::format(R"({{"code":"{}","severity":"{}","message":{},"label":{},"span":{},"notes":[)",
                                   code.code, severity_word(code.severity), quoted(diagnostic.message),
                                   quoted(diagnostic.label), json_span(sources, diagnostic.span));
    for (const Note& note : diagnostic.notes)
        text += fmt::format(R"({}{{"span":{},"text":{}}})", &note == &diagnostic.notes.front() ? "" : ",",
                            json_span(sources, note.span), quoted(note.text));
    text += fmt::format(R"(],"help":{},"edits":[)", quoted(diagnostic.help));
    for (const Edit& edit : diagnostic.fix)
        text += fmt::format(R"({}{{"span":{},"text":{}}})", &edit == &diagnostic.fix.front() ? "" : ",",
                            json_span(sources, edit.span), quoted(edit.text));
    return text + "]}\n";
}

/// A file name as a relative URI: what is not allowed there as %XX.
std::string uri(std::string_view name) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    std::string result;
    for (const char byte : name) {
        if (allowed.find(byte) != std::string_view::npos) {
            result += byte;
        } else {
            result += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
        }
    }
    return result;
}

std::string sarif_location(const Sources& sources, Span span, std::string_view message) {
    const Position from = sources.position(span.file, span.begin);
    const Position to = sources.position(span.file, span.end);
    const std::string note = message.empty() ? "" : fmt::format(R"(,"message":{{"text":{}}})", quoted(message));
    return fmt::format(
        R"({{"physicalLocation":{{"artifactLocation":{{"uri":{}}},"region":{{"startLine":{},"startColumn":{},"endLine":{},"endColumn":{},"byteOffset":{},"byteLength":{}}}}}{}}})",
        quoted(uri(sources.file(span.file).name)), from.line, from.column, to.line, to.column, span.begin,
        span.end - span.begin, note);
}

std::string sarif_text(const Sources& sources, const Diagnostics& diagnostics) {
    std::map<std::string_view, std::size_t> rule_index;
    std::string rules;
    for (const CodeRow& code : codes()) {
        const bool used = std::any_of(diagnostics.all().begin(), diagnostics.all().end(),
                                      [&code](const Diagnostic& one) { return row(one.code).code == code.code; });
        if (!used) continue;
        rules += fmt::format(
            R"({}{{"id":"{}","shortDescription":{{"text":{}}},"fullDescription":{{"text":{}}},"defaultConfiguration":{{"level":"{}"}}}})",
            rules.empty() ? "" : ",", code.code, quoted(code.title), quoted(code.explanation),
            severity_word(code.severity));
        rule_index.emplace(code.code, rule_index.size());
    }
    std::string results;
    for (const Diagnostic& one : diagnostics.all()) {
        const CodeRow& code = row(one.code);
        std::string message = one.message;
        if (!one.help.empty()) message += " (" + one.help + ")";
        std::string related;
        for (const Note& note : one.notes)
            related += (related.empty() ? "" : ",") + sarif_location(sources, note.span, note.text);
        results += fmt::format(
            R"({}{{"ruleId":"{}","ruleIndex":{},"level":"{}","message":{{"text":{}}},"locations":[{}],"relatedLocations":[{}]}})",
            results.empty() ? "" : ",", code.code, rule_index[code.code], severity_word(code.severity), quoted(message),
            sarif_location(sources, one.span, {}), related);
    }
    return fmt::format(
        R"({{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"watchword","rules":[{}]}}}},"columnKind":"unicodeCodePoints","results":[{}]}}]}})"
        "\n",
        rules, results);
}

/// Workflow commands escape `%` and line ends, in properties `:` and `,` as well.
std::string github_escaped(std::string_view text, bool is_property) {
    std::string result;
    for (const char byte : text) {
        const bool special =
            byte == '%' || byte == '\r' || byte == '\n' || (is_property && (byte == ':' || byte == ','));
        if (special) {
            result += fmt::format("%{:02X}", static_cast<unsigned>(byte));
        } else {
            result += byte;
        }
    }
    return result;
}

std::string github_text(const Sources& sources, const Diagnostic& diagnostic) {
    const CodeRow& code = row(diagnostic.code);
    const Position from = sources.position(diagnostic.span.file, diagnostic.span.begin);
    const Position to = sources.position(diagnostic.span.file, diagnostic.span.end);
    std::string message = diagnostic.message;
    if (!diagnostic.help.empty()) message += "\nhelp: " + diagnostic.help;
    return fmt::format(
        "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}\n", severity_word(code.severity),
        github_escaped(sources.file(diagnostic.span.file).name, true), from.line, to.line, from.column, to.column,
        github_escaped(fmt::format("{} {}", code.code, code.title), true), github_escaped(message, false));
}

} // namespace

std::optional<DiagnosticFormat> find_format(std::string_view name) {
    if (name == "human") return DiagnosticFormat::human;
    if (name == "short") return DiagnosticFormat::short_line;
    if (name == "json") return DiagnosticFormat::json;
    if (name == "sarif") return DiagnosticFormat::sarif;
    if (name == "github") return DiagnosticFormat::github;
    return std::nullopt;
}

std::string show(const Diagnostics& diagnostics, const Sources& sources, DiagnosticFormat format, bool colour) {
    if (format == DiagnosticFormat::sarif) return sarif_text(sources, diagnostics);
    std::string text;
    HumanText human{sources, colour};
    const Paint paint{colour};
    for (const Diagnostic& one : diagnostics.all()) {
        switch (format) {
        case DiagnosticFormat::human:
            text += (text.empty() ? "" : "\n") + human(one);
            break;
        case DiagnosticFormat::short_line:
            text += short_text(sources, one, paint);
            break;
        case DiagnosticFormat::json:
            text += json_text(sources, one);
            break;
        default:
            text += github_text(sources, one);
        }
    }
    return text;
}

std::optional<std::string> explain_code(std::string_view code) {
    for (const CodeRow& one : codes()) {
        const bool same = one.code.size() == code.size() &&
                          std::equal(code.begin(), code.end(), one.code.begin(),
                                     [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
        if (!same) continue;
        return fmt::format("{}[{}]: {}\n\n{}\n", severity_word(one.severity), one.code, one.title, one.explanation);
    }
    return std::nullopt;
}

std::string json_escaped(std::string_view text) {
    const bool valid = runtime::is_utf8(text);
    std::string result;
    for (const char byte : text) {
        const auto value = static_cast<unsigned char>(byte);
        switch (byte) {
        case '"':
            result += "\\\"";
            break;
        case '\\':
            result += "\\\\";
            break;
        case '\n':
            result += "\\n";
            break;
        case '\r':
            result += "\\r";
            break;
        case '\t':
            result += "\\t";
            break;
        default:
            if (value < 0x20U || value == 0x7FU) {
                result += fmt::format("\\u{:04x}", static_cast<unsigned>(value));
            } else if (value >= 0x80U && !valid) {
                result += "\\ufffd";
            } else {
                result += byte;
            }
        }
    }
    return result;
}

} // namespace watchword::dsl
