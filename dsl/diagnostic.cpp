// The table of codes and the collection of what was found. Rendering is elsewhere.
#include "dsl/diagnostic.hpp"

#include "runtime/text.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace watchword::dsl {

namespace {

constexpr std::array code_rows{
#define DIAGNOSTIC(name, code, severity, title, explanation) CodeRow{code, Severity::severity, title, explanation},
#include "dsl/diagnostics.def"
#undef DIAGNOSTIC
};

/// `wehre` for `where`: two letters beside each other changed places.
bool is_swapped(std::string_view word, std::string_view candidate) {
    if (word.size() != candidate.size()) return false;
    std::size_t at = 0;
    while (at < word.size() && word[at] == candidate[at]) ++at;
    return at + 1 < word.size() && word[at] == candidate[at + 1] && word[at + 1] == candidate[at] &&
           word.substr(at + 2) == candidate.substr(at + 2);
}

auto place(const Diagnostic& diagnostic) {
    return std::tie(diagnostic.span.file, diagnostic.span.begin, diagnostic.span.end, diagnostic.code,
                    diagnostic.message);
}

} // namespace

const CodeRow& row(Code code) { return code_rows[static_cast<std::size_t>(code)]; }

std::span<const CodeRow> codes() { return code_rows; }

Diagnostic& Diagnostics::add(Code code, Span span, std::string message) {
    if (row(code).severity == Severity::error) ++errors_;
    Diagnostic added;
    added.code = code;
    added.span = span;
    added.message = std::move(message);
    added.before = all_.size();
    all_.push_back(std::move(added));
    return all_.back();
}

void Diagnostics::sort() {
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
    const auto last = std::unique(all_.begin(), all_.end(),
                                  [](const Diagnostic& a, const Diagnostic& b) { return place(a) == place(b); });
    all_.erase(last, all_.end());
    errors_ = static_cast<std::size_t>(std::count_if(
        all_.begin(), all_.end(), [](const Diagnostic& one) { return row(one.code).severity == Severity::error; }));
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    constexpr std::size_t longest = 64; // nobody mistypes more; keeps hostile names cheap
    if (word.size() > longest) return {};
    const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
    std::string_view best;
    std::size_t best_distance = limit + 1;
    for (const std::string_view candidate : candidates) {
        if (candidate == word || candidate.size() > word.size() + limit) continue;
        const std::size_t distance = is_swapped(word, candidate) ? 1 : runtime::edit_distance(word, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

} // namespace watchword::dsl
