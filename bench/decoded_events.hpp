// Events of a file, decoded once by the product's own input and copied into memory, so that engines alone can be timed.
#pragma once

#include "runtime/event.hpp"
#include "runtime/program.hpp"

#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::bench {

class DecodedEvents {
public:
    /// Reads the whole file; exits with a message if that fails. An event, its values and its texts lie side by side,
    /// and one event behind the other.
    DecodedEvents(const runtime::Program& program, const std::string& path);
    const std::vector<runtime::Event*>& all() const { return events_; }

private:
    std::string_view keep(std::string_view text);

    std::vector<runtime::Event*> events_;
    std::pmr::monotonic_buffer_resource memory_; ///< of them and what they point to
};

/// Policy text as a verified program; exits with a message if it does not compile.
runtime::Program compile_policies(const std::string& text, const std::string& name = "bench");
/// The policies of a file as a verified program; exits with a message if they do not compile.
runtime::Program load_policies(const std::string& path);

} // namespace watchword::bench
