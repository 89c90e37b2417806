#include "desk/constant.hpp"

#include "dsl/parser.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace watchword::desk {

using runtime::SourceSpan;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A stretch of text, word by word, without comments and texts.
class Scanner {
public:
    Scanner(std::string_view text, SourceSpan span) : text_(text), span_(span), at_(span.begin) {}

    /// The next word or number; false: the end.
    bool next(SourceSpan& word) {
        while (at_ < span_.end) {
            const char c = text_[at_];
            if (c == '#') {
                while (at_ < span_.end && text_[at_] != '\n') ++at_;
            } else if (c == '"') {
                skip_text();
            } else if (is_word(c)) {
                word = {span_.file, at_, word_end()};
                at_ = word.end;
                return true;
            } else {
                ++at_;
            }
        }
        return false;
    }

private:
    void skip_text() {
        const bool raw = at_ > 0 && text_[at_ - 1] == 'r';
        for (++at_; at_ < span_.end && text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\' && !raw) ++at_;
        ++at_;
    }

    /// A number takes its point, its unit and its percent sign along, an instant its parts.
    std::uint32_t word_end() const {
        std::uint32_t end = at_;
        const bool number = is_digit(text_[at_]);
        const auto follows = [&](std::uint32_t place) { return place < span_.end && is_digit(text_[place]); };
        while (end < span_.end) {
            const char c = text_[end];
            const bool joins = number && (c == '.' || c == '-' || c == ':' || c == '+') && follows(end + 1) &&
                               !(c == '.' && end > at_ && text_[end - 1] == '.') && !(c == '-' && end - at_ < 4) &&
                               !(c == '+' && end - at_ < 10);
            if (!is_word(c) && !joins) break;
            ++end;
        }
        if (number && end < span_.end && text_[end] == '%') ++end;
        return end;
    }

    std::string_view text_;
    SourceSpan span_;
    std::uint32_t at_;
};

std::optional<Constant> constant_at(std::string_view word, SourceSpan span, bool dated) {
    Constant constant;
    constant.span = span;
    std::string plain;
    for (const char c : word)
        if (c != '_') plain += c;
    if (const auto number = runtime::parse_integer(plain)) {
        constant.value = *number;
        return constant;
    }
    if (plain.ends_with('%') || runtime::parse_real(plain)) {
        const auto number = runtime::parse_real(plain.substr(0, plain.find('%')));
        if (!number || std::abs(*number) > 1e12) return std::nullopt;
        constant.kind = plain.ends_with('%') ? ConstantKind::percentage : ConstantKind::real;
        constant.value = std::llround(*number * 1000);
        return constant;
    }
    if (const auto duration = runtime::parse_duration(plain)) {
        constant.kind = ConstantKind::duration;
        constant.value = *duration;
        constant.step = constant.least = runtime::one_second;
        return constant;
    }
    if (plain.find('-') == std::string::npos && plain.find(':') == std::string::npos)
        if (const auto size = runtime::parse_size(plain)) {
            constant.kind = ConstantKind::size;
            constant.value = *size;
            return constant;
        }
    if (!dated || plain.size() != 10) return std::nullopt;
    const auto instant = runtime::parse_time(plain, "");
    if (!instant) return std::nullopt;
    constant.kind = ConstantKind::instant;
    constant.value = *instant;
    constant.step = runtime::one_day;
    constant.least = 0;
    return constant;
}

/// `let` and `define` declarations of all files, by name.
std::vector<std::pair<std::string, SourceSpan>> definitions_of(const PolicyText& text) {
    std::vector<std::pair<std::string, SourceSpan>> result;
    dsl::Sources sources;
    dsl::Diagnostics diagnostics;
    for (std::uint32_t i = 0; i < text.files(); ++i) {
        const dsl::Tree tree = dsl::parse(sources, sources.add(text.file(i).name, text.file(i).text), diagnostics);
        for (const dsl::Declaration& declaration : tree.declarations) {
            const SourceSpan span{i, declaration.span.begin, declaration.span.end};
            if (const auto* let = std::get_if<dsl::LetDecl>(&declaration.node))
                result.emplace_back(let->name.text, span);
            if (const auto* define = std::get_if<dsl::DefineDecl>(&declaration.node))
                result.emplace_back(define->name.text, span);
        }
    }
    return result;
}

} // namespace

std::string written(const Constant& constant, std::int64_t value) {
    switch (constant.kind) {
    case ConstantKind::integer:
        return std::to_string(value);
    case ConstantKind::real:
        return fmt::format("{}.{}", value / 1000, [&] {
            std::string digits = fmt::format("{:03}", value % 1000);
            while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
            return digits;
        }());
    case ConstantKind::percentage:
        return runtime::show_real(static_cast<double>(value) / 1000) + "%";
    case ConstantKind::duration:
        return runtime::show_duration(value);
    case ConstantKind::size:
        return runtime::show_size(value);
    case ConstantKind::instant:
        return runtime::show_time(value).substr(0, 10);
    }
    return {};
}

std::int64_t roundest(const Constant& constant, std::int64_t from, std::int64_t to) {
    const auto [low, high] = std::minmax({from, to});
    static constexpr std::int64_t time_units[] = {runtime::one_week, runtime::one_day, runtime::one_hour,
                                                  runtime::one_minute, runtime::one_second};
    const auto rounded = [&](std::int64_t unit) -> std::optional<std::int64_t> {
        const std::int64_t value = from <= to ? (from + unit - 1) / unit * unit : from / unit * unit;
        return value >= low && value <= high ? std::optional(value) : std::nullopt;
    };
    // a rounding that leaves much of the way, or of the value, is no least change
    const auto near = [&](std::int64_t value) {
        const std::int64_t off = std::abs(value - from);
        return off <= std::abs(to - from) / 4 && (off <= std::abs(from) / 8 || constant.kind == ConstantKind::instant);
    };
    if (constant.kind == ConstantKind::duration || constant.kind == ConstantKind::instant) {
        for (const std::int64_t unit : time_units)
            if (const auto value = rounded(unit); value && *value > 0 && near(*value)) return *value;
        return from;
    }
    for (std::int64_t unit = 1'000'000'000'000'000; unit > 1; unit /= 10)
        if (const auto value = rounded(unit); value && near(*value)) return *value;
    return from;
}

std::vector<Constant> constants_in(const PolicyText& text, const std::vector<SourceSpan>& spans) {
    std::vector<Constant> result;
    const auto definitions = definitions_of(text);
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    std::vector<SourceSpan> waiting(spans.rbegin(), spans.rend());
    while (!waiting.empty()) {
        const SourceSpan span = waiting.back();
        waiting.pop_back();
        if (span.file >= text.files() || !seen.emplace(span.file, span.begin).second) continue;
        Scanner scanner{text.file(span.file).text, span};
        SourceSpan word;
        bool dated = false;
        while (scanner.next(word)) {
            const std::string_view read = text.text(word);
            if (is_digit(read.front())) {
                if (const auto constant = constant_at(read, word, dated)) result.push_back(*constant);
            } else {
                for (const auto& [name, where] : definitions)
                    if (name == read) waiting.push_back(where);
            }
            dated = read == "expires" || read == "until";
        }
    }
    return result;
}

std::vector<Constant> constants_of(const PolicyText& text, const runtime::Program& program, std::uint32_t policy) {
    std::vector<SourceSpan> spans{program.policies[policy].span};
    for (const runtime::SignalPlan& signal : program.policies[policy].signals) spans.push_back(signal.span);
    return constants_in(text, spans);
}

} // namespace watchword::desk
