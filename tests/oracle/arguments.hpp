// The command line of a test program: options by name, whatever else as words. An option that nobody asked about is a
// mistake and said so, lest a misspelt one silently tests less.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::oracle {

class Arguments {
public:
    Arguments(int count, char** arguments) : rest_(arguments + 1, arguments + count) {}

    bool flag(std::string_view name) { return take(name, false).has_value(); }
    std::uint64_t number(std::string_view name, std::uint64_t otherwise) { return read(name, otherwise); }
    double seconds(std::string_view name, double otherwise) { return read(name, otherwise); }
    /// What no option took; call it last. Exits if something is no word.
    const std::vector<std::string>& words() {
        for (const std::string& word : rest_)
            if (word.starts_with("-")) refuse("no option `{}`", word);
        return rest_;
    }

private:
    /// The value behind an option, or the option itself.
    std::optional<std::string> take(std::string_view name, bool has_value) {
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            if (rest_[i] != name) continue;
            if (has_value && i + 1 == rest_.size()) refuse("`{}` needs a value", std::string(name));
            const auto at = rest_.begin() + static_cast<std::ptrdiff_t>(i);
            const std::string value = rest_[has_value ? i + 1 : i];
            rest_.erase(at, at + (has_value ? 2 : 1));
            return value;
        }
        return std::nullopt;
    }

    template <class Number>
    Number read(std::string_view name, Number otherwise) {
        const auto text = take(name, true);
        if (!text) return otherwise;
        Number number{};
        const char* end = text->data() + text->size();
        const auto [stop, error] = std::from_chars(text->data(), end, number);
        if (error != std::errc{} || stop != end) refuse("`{}` is no number", *text);
        return number;
    }

    [[noreturn]] static void refuse(std::string_view what, const std::string& word) {
        fmt::print(stderr, "{}\n", fmt::format(fmt::runtime(what), word));
        std::exit(3);
    }

    std::vector<std::string> rest_;
};

} // namespace watchword::oracle
