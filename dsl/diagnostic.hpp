// Diagnostics are values: a code, a span, one sentence, notes, help with a fix where one is sure.
// How they are shown (human, JSON, …) is diagnostic_text's business.
#pragma once

#include "dsl/source.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::dsl {

enum class Severity : std::uint8_t { error, warning };

/// One row a code, in diagnostics.def: DIAGNOSTIC(identifier, "W0203", severity, "title", "explanation").
enum class Code : std::uint16_t {
#define DIAGNOSTIC(name, code, severity, title, explanation) name,
#include "dsl/diagnostics.def"
#undef DIAGNOSTIC
};

struct CodeRow {
    std::string_view code; ///< `W0203`
    Severity severity;
    std::string_view title;
    std::string_view explanation;
};
const CodeRow& row(Code code);
std::span<const CodeRow> codes();

/// A second span that says why: the cause, in another file if need be.
struct Note {
    Span span;
    std::string text;
};

/// Replace `span` by `text`.
struct Edit {
    Span span;
    std::string text;
};

struct Diagnostic {
    Code code;
    Span span;
    std::string message; ///< states, never suggests
    std::string label;   ///< under the span: `no such field`
    std::vector<Note> notes;
    std::string help;       ///< suggests
    std::vector<Edit> fix;  ///< sure fixes only
    std::size_t before = 0; ///< how many were found before it
};

class Diagnostics {
public:
    /// The returned reference is good until the next `add`.
    Diagnostic& add(Code code, Span span, std::string message);
    const std::vector<Diagnostic>& all() const { return all_; }
    /// By file and position, errors and warnings mixed; equal ones once.
    void sort();
    std::size_t errors() const { return errors_; }
    bool failed() const { return errors_ != 0; }

private:
    std::vector<Diagnostic> all_;
    std::size_t errors_ = 0;
};

/// The candidate nearest to `word`, if near enough to suggest (edit distance at most a third of its length, at least
/// 1).
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

} // namespace watchword::dsl
