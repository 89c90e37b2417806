// By RE2::Set, whose automaton takes the same time however many patterns there are, and is built as texts ask for it.
#include "runtime/text_patterns.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace watchword::runtime {

namespace {
constexpr std::int64_t most_memory = std::int64_t{64} << 20;
} // namespace

struct TextPatterns::Set {
    explicit Set(const RE2::Options& options) : set(options, RE2::UNANCHORED) {}
    RE2::Set set;
};

TextPatterns::TextPatterns() = default;
TextPatterns::~TextPatterns() = default;
TextPatterns::TextPatterns(TextPatterns&&) noexcept = default;
TextPatterns& TextPatterns::operator=(TextPatterns&&) noexcept = default;

std::size_t TextPatterns::add(const std::string& pattern) {
    const auto known = std::find(texts_.begin(), texts_.end(), pattern);
    if (known != texts_.end()) return static_cast<std::size_t>(known - texts_.begin());
    texts_.push_back(pattern);
    return texts_.size() - 1;
}

bool TextPatterns::compile() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(most_memory);
    set_ = std::make_unique<Set>(options);
    for (const std::string& text : texts_)
        if (set_->set.Add(text, nullptr) < 0) return false;
    return set_->set.Compile();
}

bool TextPatterns::find(std::string_view text, std::vector<int>& found) const {
    found.clear();
    RE2::Set::ErrorInfo error{};
    set_->set.Match(re2::StringPiece(text.data(), text.size()), &found, &error);
    return error.kind == RE2::Set::kNoError;
}

} // namespace watchword::runtime
