// One row a function of the language: signature, documentation, example, code. The rows themselves live in stdlib.
#pragma once

#include "runtime/type.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

/// Memory for the texts and lists that one run of code makes; `reset` before the next event. Bounded: when it is full,
/// `allocate` returns nullptr and the caller's result is absent. Not thread-safe.
class Scratch {
public:
    explicit Scratch(std::size_t capacity = std::size_t{1} << 20);
    /// nullptr when full. Aligned for Value.
    char* allocate(std::size_t bytes) noexcept;
    std::string_view copy(std::string_view text) noexcept; ///< data() is nullptr when full
    void reset() noexcept { used_ = 0; }

private:
    std::unique_ptr<char[]> memory_;
    std::size_t capacity_;
    std::size_t used_ = 0;
};

/// What a function may see beside its arguments.
struct FunctionContext {
    Scratch& scratch;
    /// The person's zone where there is one, else the module's: an IANA name.
    std::string_view zone;
};

struct FunctionRow {
    std::string_view name;
    /// Parameter types; arguments are always present. `optional` is never set here. A list parameter's detail is its
    /// element Kind.
    std::vector<Type> parameters;
    /// With `optional` where the function can fail: it then returns Value::absent().
    Type result;
    Value (*evaluate)(const Value* arguments, FunctionContext& context) noexcept;
    std::string_view signature; ///< as shown to users: `domain(address text) text?`
    std::string_view doc;       ///< one sentence
    std::string_view example;   ///< an expression …
    std::string_view shows;     ///< … and its value, both in the language; a test compiles and compares them
    /// What is wrong with an argument that is known before any event, so that the result would always be absent or
    /// false: a sentence, empty if nothing is. nullptr: every argument is fine.
    std::string (*problem)(std::size_t argument, Value value) = nullptr;
    std::int64_t least = INT64_MIN, most = INT64_MAX; ///< of whole numbers: between which all results lie
    /// Of texts: whether some result is or has in it that one. nullptr: any may.
    bool (*may_have)(std::string_view part) = nullptr;
};

} // namespace watchword::runtime
