// Many patterns looked for in a text in one pass.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

class TextPatterns {
public:
    TextPatterns();
    ~TextPatterns();
    TextPatterns(TextPatterns&&) noexcept;
    TextPatterns& operator=(TextPatterns&&) noexcept;

    /// In the syntax of RE2, as `matches` takes it. The number by which it is found; equal ones have the same.
    std::size_t add(const std::string& pattern);
    std::size_t size() const { return texts_.size(); }
    /// Call once after the last `add`. False: they are too many for the memory that RE2 may take.
    bool compile();
    /// Numbers of the patterns that are somewhere in the text, in no order. False: it cannot be told, for want of
    /// memory.
    bool find(std::string_view text, std::vector<int>& found) const;

private:
    struct Set;
    std::vector<std::string> texts_;
    std::unique_ptr<Set> set_;
};

} // namespace watchword::runtime
