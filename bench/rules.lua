-- Any number of rules of the five shapes of w6.watch in LuaJIT, gone through in one of two ways: each rule is a function,
-- with its constants in it, and those of an event's type are called one after the other; or (`rules.written_out`) for
-- each event type one function is written out of all of its rules. Called with the number of people, the rules
-- (bench_generate_policies … lua) and the numbers of names by field; gives a function (events, count, alerts, names) →
-- number of alerts.
local ffi = require("ffi")
local bit = require("bit")

ffi.cdef [[
typedef struct { int64_t time, bytes; const char* path; uint32_t path_length, person, host;
                 uint8_t type, success, removable; } plain_event;
typedef struct { uint32_t device, process; } plain_names;
typedef struct { uint32_t event, person; uint16_t policy, level; } plain_alert;
int memcmp(const void*, const void*, size_t);
void* memmem(const void*, size_t, const void*, size_t);
]]

local SECOND = 1e6
local MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 24 * 3600 * SECOND
local NONE = -1e18
local MEGABYTE = 1000000
local FILE_COPY, WEB_UPLOAD, LOGON, LOGOFF, CONNECT, TERMINATION = 0, 1, 2, 3, 4, 5

-- What the rules do with the state of one person. They say whether there is a hit.

--- The last `limit` + 1 times decide whether there are more than `limit` within an hour.
local function count(states, person, time, limit)
    local s = states[person]
    if not s then
        s = { times = ffi.new("double[?]", limit + 1), next = 0, now = false }
        for i = 0, limit do s.times[i] = NONE end
        states[person] = s
    end
    local next = s.next
    local before = s.times[next] > time - HOUR
    s.times[next] = time
    next = next == limit and 0 or next + 1
    s.next = next
    local now = s.times[next] > time - HOUR
    local hit = now and not (s.now and before)
    s.now = now
    return hit
end

local function distinct(states, person, time, host, limit)
    local s = states[person]
    if not s then
        s = { hosts = {}, times = {}, count = 0, now = false }
        states[person] = s
    end
    local hosts, times, kept, found = s.hosts, s.times, 0, false
    for i = 1, s.count do
        if times[i] > time - DAY then
            kept = kept + 1
            hosts[kept], times[kept] = hosts[i], times[i]
        end
    end
    local before = kept > limit
    for i = 1, kept do
        if hosts[i] == host then times[i], found = time, true end
    end
    if not found then
        kept = kept + 1
        hosts[kept], times[kept] = host, time
    end
    s.count = kept
    local now = kept > limit
    local hit = now and not (s.now and before)
    s.now = now
    return hit
end

local function step_of(states, person, host)
    local steps = states[person]
    if not steps then return nil end
    for i = 1, #steps do
        if steps[i].host == host then return steps[i] end
    end
end

local function connect(states, person, time, host, within)
    local known = step_of(states, person, host)
    if known then
        known.connected = time
        return
    end
    local steps, kept = states[person], 0
    if not steps then
        steps = {}
        states[person] = steps
    end
    for i = 1, #steps do
        local s = steps[i]
        steps[i] = nil
        if s.connected >= time - within or s.copied >= time - within then
            kept = kept + 1
            steps[kept] = s
        end
    end
    steps[kept + 1] = { host = host, connected = time, copied = NONE }
end

local function copy(states, person, time, host, within)
    local known = step_of(states, person, host)
    if known and time - known.connected <= within then known.copied, known.connected = known.connected, NONE end
end

local function logoff(states, person, time, host, within)
    local known = step_of(states, person, host)
    if not known then return false end
    local first = known.copied
    known.copied = NONE
    return time - first <= within
end

local function sum(states, person, time, bytes, span, limit)
    local s = states[person]
    if not s then
        s = { times = {}, bytes = {}, first = 1, last = 0, sum = 0, now = false }
        states[person] = s
    end
    while s.first <= s.last and s.times[s.first] <= time - span do
        s.sum = s.sum - s.bytes[s.first]
        s.times[s.first], s.bytes[s.first] = nil, nil
        s.first = s.first + 1
    end
    local before = s.sum > limit
    s.last = s.last + 1
    s.times[s.last], s.bytes[s.last] = time, bytes
    s.sum = s.sum + bytes
    local now = s.sum > limit
    local hit = now and not (s.now and before)
    s.now = now
    return hit
end

local function design(e)
    return e.path_length >= 3 and ffi.C.memcmp(e.path + e.path_length - 3, ".7z", 3) == 0 and
        ffi.C.memmem(e.path, e.path_length, "Designs", 7) ~= nil
end

local function make(people_count, rules, numbers)
    -- of each rule, by person
    local states = {}
    for i = 1, #rules do states[i] = {} end

    local function guard(rule, first)
        local choices = {}
        for _, value in ipairs(rule) do
            local number = numbers[rule.field][value] or 4294967295 -- no event has it
            choices[#choices + 1] = (rule.field == "host" and "e.host" or "n." .. rule.field) .. " == " .. number
        end
        local named = #choices > 0 and "(" .. table.concat(choices, " or ") .. ")" or "true"
        return (first and first .. " and " or "") .. named
    end
    -- lines of the function of each type; `note(i)` adds rule i to the hits
    local lines = { copy = {}, upload = {}, logon = {}, logoff = {}, connect = {} }
    local function add(type, condition, act, ...)
        table.insert(lines[type], "if " .. condition .. " then " .. act:format(...) .. " end")
    end
    for i, rule in ipairs(rules) do
        local within = ("%d"):format(rule.span * MINUTE)
        if rule.kind == "filter" then
            add("copy", guard(rule, "e.removable ~= 0") .. " and bytes > " .. rule.limit * MEGABYTE ..
                (rule.design and " and design(e)" or ""), "note(%d)", i)
        elseif rule.kind == "count" then
            add("copy", guard(rule), "if count(states[%d], person, time, %d) then note(%d) end", i, rule.limit, i)
        elseif rule.kind == "distinct" then
            add("logon", guard(rule, "e.success ~= 0"),
                "if distinct(states[%d], person, time, e.host, %d) then note(%d) end", i, rule.limit, i)
        elseif rule.kind == "sequence" then
            add("connect", guard(rule), "connect(states[%d], person, time, e.host, %s)", i, within)
            add("copy", guard(rule, "e.removable ~= 0"), "copy(states[%d], person, time, e.host, %s)", i, within)
            add("logoff", guard(rule), "if logoff(states[%d], person, time, e.host, %s) then note(%d) end", i, within, i)
        else
            add("upload", guard(rule), "if sum(states[%d], person, time, bytes, %d, %d) then note(%d) end", i,
                rule.span * DAY, rule.limit * MEGABYTE, i)
        end
    end

    local hits, hit_count = {}, 0
    local function note(i)
        hit_count = hit_count + 1
        hits[hit_count] = i
    end
    local environment = { count = count, distinct = distinct, connect = connect, copy = copy, logoff = logoff,
        sum = sum, design = design, note = note, states = states }
    local locals = {}
    for name in pairs(environment) do locals[#locals + 1] = "local " .. name .. " = environment." .. name end
    local function compiled(type, text)
        local source = "local environment = ...\n" .. table.concat(locals, "\n") ..
            "\nreturn function(e, n, person, time, bytes)\n" .. text .. "\nend"
        return assert(loadstring(source, type))(environment)
    end
    local functions = {}
    for type, text in pairs(lines) do
        if rules.written_out then
            functions[type] = compiled(type, table.concat(text, "\n"))
        else
            local all = {}
            for i = 1, #text do all[i] = compiled(type, text[i]) end
            functions[type] = function(e, n, person, time, bytes)
                for i = 1, #all do all[i](e, n, person, time, bytes) end
            end
        end
    end

    local everyday, leaver = {}, {}
    local alerts, alert_count
    local min, floor = math.min, math.floor
    local function rounded(value)
        return floor(value * 1000 + 0.5) / 1000
    end
    local function raise(event, person, policy, level)
        local alert = alerts[alert_count]
        alert.event, alert.person, alert.policy, alert.level = event, person, policy, level
        alert_count = alert_count + 1
    end

    --- The hits of one event, in a score that halves every two hours.
    local function score(person, time, index)
        local p = everyday[person]
        if not p then
            p = { sums = {}, with = {}, at = time, armed = 7 }
            everyday[person] = p
        end
        local decay = 2 ^ (-(time - p.at) / (2 * HOUR))
        p.at = time
        local before, after = 0, 0
        for k = 1, #p.with do
            local i = p.with[k]
            p.sums[i] = p.sums[i] * decay
            before = before + min(rules[i].cap, p.sums[i])
        end
        for k = 1, hit_count do
            local i = hits[k]
            if not p.sums[i] then p.with[#p.with + 1] = i end
            p.sums[i] = (p.sums[i] or 0) + rules[i].points
        end
        for k = 1, #p.with do after = after + min(rules[p.with[k]].cap, p.sums[p.with[k]]) end
        before, after = rounded(min(before, 100)), rounded(min(after, 100))
        local raised = 0
        for i = 0, 2 do
            local level, mask = 30 * (i + 1), bit.lshift(1, i)
            if before < level * 0.8 then p.armed = bit.bor(p.armed, mask) end
            if after >= level then
                if bit.band(p.armed, mask) ~= 0 then raised = i + 1 end
                p.armed = bit.band(p.armed, bit.bnot(mask))
            end
        end
        if raised ~= 0 then raise(index, person, 0, raised) end
    end

    --- The same in the score of somebody who leaves, which stays.
    local function leaver_score(person, index)
        local p = leaver[person]
        for k = 1, hit_count do
            local i = hits[k]
            p.sums[i] = (p.sums[i] or 0) + rules[i].points
        end
        local total = 0
        for i, points in pairs(p.sums) do total = total + min(rules[i].cap, points) end
        if total >= 50 and not p.raised then
            p.raised = true
            raise(index, person, 1, 2)
        end
    end

    local by_type = { [FILE_COPY] = functions.copy, [LOGON] = functions.logon, [LOGOFF] = functions.logoff,
        [CONNECT] = functions.connect }
    local upload = functions.upload
    return function(events_address, event_count, alerts_address, names_address)
        local events = ffi.cast("const plain_event*", events_address)
        local names = ffi.cast("const plain_names*", names_address)
        alerts, alert_count = ffi.cast("plain_alert*", alerts_address), 0
        for index = 0, event_count - 1 do
            local e = events[index]
            local kind, time, person = e.type, tonumber(e.time), e.person
            hit_count = 0
            if kind == WEB_UPLOAD then
                local p = leaver[person]
                if p and time < p.ends then
                    upload(e, names[index], person, time, tonumber(e.bytes))
                    if hit_count ~= 0 then leaver_score(person, index) end
                end
            elseif kind == TERMINATION then
                leaver[person] = leaver[person] or { sums = {} }
                leaver[person].ends = time + 30 * DAY
            elseif by_type[kind] then
                by_type[kind](e, names[index], person, time, tonumber(e.bytes))
                if hit_count ~= 0 then score(person, time, index) end
            end
        end
        return alert_count
    end
end

return make
