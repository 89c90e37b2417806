// A day in the life: what a person does at work, and what wrongdoers and leavers do besides.
#pragma once

#include "stdlib/simulation/diary.hpp"
#include "stdlib/simulation/story.hpp"

namespace watchword::stdlib {

/// Everyday work on local day `day`; nothing when the person is away or has left.
void work(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary);
/// What the fate adds on that day; mostly nothing.
void misbehave(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary);

} // namespace watchword::stdlib
