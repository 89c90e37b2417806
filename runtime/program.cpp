// What a Program needs to be a value although its header does not know RE2, and looking things up by name.
#include "runtime/program.hpp"

#include <re2/re2.h>

#include <cstring>

namespace watchword::runtime {

Program::Program() = default;
Program::~Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;

std::optional<std::uint32_t> Program::find_event(std::string_view name) const {
    for (std::uint32_t i = 0; i < events.size(); ++i)
        if (events[i].name == name) return i;
    return std::nullopt;
}

std::optional<std::uint32_t> Program::find_policy(std::string_view name) const {
    for (std::uint32_t i = 0; i < policies.size(); ++i)
        if (policies[i].name == name) return i;
    return std::nullopt;
}

const SourcePlan* Program::find_source(std::string_view name) const {
    for (const SourcePlan& source : sources)
        if (source.name == name) return &source;
    return nullptr;
}

std::string_view table_cell(const Value& value, Kind column, std::array<char, 8>& buffer) noexcept {
    if (is_textual(column) || column == Kind::ip || column == Kind::person) return value.text();
    const std::int64_t bits = column == Kind::real && value.real == 0 ? 0 : value.integer;
    std::memcpy(buffer.data(), &bits, buffer.size());
    return {buffer.data(), buffer.size()};
}

} // namespace watchword::runtime
