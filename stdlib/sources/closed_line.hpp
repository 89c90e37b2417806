// Lines of JSON that nobody wants to read: whether one looks like one record and no more, without taking it apart.
#pragma once

#include "stdlib/sources/byte_window.hpp"

#include <cstddef>
#include <string_view>

namespace watchword::stdlib {

/// The length of the line with which `bytes` begin, with its end of line, if it is closed: it begins with `{`, ends
/// with `}` and `\n`, and between them, in at least 31 bytes, are neither control characters, nor another `{`, nor a
/// quote behind a backslash, but an even number of quotes, in sound UTF-8. 0: it is not, or its end is not in `bytes`.
/// So two records between which the end of line was lost, or of which the first was cut off, are no closed line, and a
/// record with a nested object or an escaped quote is none either. What stands between the quotes is not looked at.
using ClosedLine = std::size_t (*)(std::string_view bytes);
ClosedLine closed_line_for(Instructions instructions = Instructions::best);

} // namespace watchword::stdlib
