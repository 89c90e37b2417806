// The names that the bench's events have and its rules ask for, so that rules ask for names which there are.
#pragma once

#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace watchword::bench {

inline constexpr std::array<std::string_view, 5> processes{"explorer.exe", "chrome.exe", "outlook.exe", "robocopy.exe",
                                                           "powershell.exe"};
inline constexpr std::uint64_t device_count = 65'536;

/// Each person has one of the same number.
inline std::string host_name(std::uint64_t number) { return fmt::format("pc-{:05}.example", number); }
/// `number` below `device_count`.
inline std::string device_name(std::uint64_t number) { return fmt::format("usb-{:04x}", number); }

} // namespace watchword::bench
