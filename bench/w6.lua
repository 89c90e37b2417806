-- The six policies of w6.watch in LuaJIT: events and state in FFI structs, the hot loop compiled by its tracing compiler.
-- Called by in_memory.cpp with the number of people; gives a function (events, count, alerts) → number of alerts.
local ffi = require("ffi")
local bit = require("bit")

ffi.cdef [[
typedef struct { int64_t time, bytes; const char* path; uint32_t path_length, person, host;
                 uint8_t type, success, removable; } plain_event;
typedef struct { uint32_t event, person; uint16_t policy, level; } plain_alert;
typedef struct { uint32_t host; double time; } seen_host;
typedef struct { uint32_t host; double connected, copied; } waiting;
typedef struct {
    double sums[4]; double at; int32_t armed;
    int32_t uploads; // index, 0: none
    int32_t copies_next, host_count, step_count; bool copies_now, hosts_now;
    double copies[51];
    waiting steps[64];
    seen_host hosts[256];
} person;
int memcmp(const void*, const void*, size_t);
void* memmem(const void*, size_t, const void*, size_t);
]]

local HOUR, DAY = 3600e6, 24 * 3600e6
local NONE = -1e18
local FILE_COPY, WEB_UPLOAD, LOGON, LOGOFF, CONNECT, TERMINATION = 0, 1, 2, 3, 4, 5

local function make(people_count)
    local people = ffi.new("person[?]", people_count)
    for i = 0, people_count - 1 do people[i].armed = 7 end
    local uploads = {}
    local alerts, alert_count
    local points, caps = ffi.new("double[4]", 20, 5, 10, 30), ffi.new("double[4]", 60, 20, 40, 60)
    local min, floor = math.min, math.floor

    local function rounded(value)
        return floor(value * 1000 + 0.5) / 1000
    end

    local function raise(event, person, policy, level)
        local alert = alerts[alert_count]
        alert.event, alert.person, alert.policy, alert.level = event, person, policy, level
        alert_count = alert_count + 1
    end

    local function hit(p, time, index, person, hits)
        local decay = 2 ^ (-(time - p.at) / (2 * HOUR))
        p.at = time
        local before, after = 0, 0
        for i = 0, 3 do
            local sum = p.sums[i] * decay
            before = before + min(caps[i], sum)
            if bit.band(hits, bit.lshift(1, i)) ~= 0 then sum = sum + points[i] end
            p.sums[i] = sum
            after = after + min(caps[i], sum)
        end
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

    local function find_step(p, host)
        for i = 0, p.step_count - 1 do
            if p.steps[i].host == host then return p.steps[i] end
        end
    end

    local function copy(p, e, time, index)
        local hits = 0
        if e.removable ~= 0 then
            if e.bytes > 15000000 and e.path_length >= 3 and ffi.C.memcmp(e.path + e.path_length - 3, ".7z", 3) == 0 and
                ffi.C.memmem(e.path, e.path_length, "Designs", 7) ~= nil then
                hits = 1
            end
            local known = find_step(p, e.host)
            if known and time - known.connected <= HOUR / 2 then
                known.copied, known.connected = known.connected, NONE
            end
        end
        local next = p.copies_next
        local before = p.copies[next] > time - HOUR
        p.copies[next] = time
        next = next == 50 and 0 or next + 1
        p.copies_next = next
        local now = p.copies[next] > time - HOUR
        if now and not (p.copies_now and before) then hits = hits + 2 end
        p.copies_now = now
        if hits ~= 0 then hit(p, time, index, e.person, hits) end
    end

    local function logon(p, e, time, index)
        local kept, host, found = 0, e.host, false
        for i = 0, p.host_count - 1 do
            if p.hosts[i].time > time - DAY then
                p.hosts[kept].host, p.hosts[kept].time = p.hosts[i].host, p.hosts[i].time
                kept = kept + 1
            end
        end
        local before = kept > 5
        for i = 0, kept - 1 do
            if p.hosts[i].host == host then p.hosts[i].time, found = time, true end
        end
        if not found then
            assert(kept < 256)
            p.hosts[kept].host, p.hosts[kept].time = host, time
            kept = kept + 1
        end
        p.host_count = kept
        local now = kept > 5
        if now and not (p.hosts_now and before) then hit(p, time, index, e.person, 4) end
        p.hosts_now = now
    end

    local function connect(p, e, time)
        local known = find_step(p, e.host)
        if known then
            known.connected = time
            return
        end
        local kept = 0
        for i = 0, p.step_count - 1 do
            local s = p.steps[i]
            if s.connected >= time - HOUR / 2 or s.copied >= time - HOUR / 2 then
                local k = p.steps[kept]
                k.host, k.connected, k.copied = s.host, s.connected, s.copied
                kept = kept + 1
            end
        end
        assert(kept < 64)
        local k = p.steps[kept]
        k.host, k.connected, k.copied = e.host, time, NONE
        p.step_count = kept + 1
    end

    local function logoff(p, e, time, index)
        local known = find_step(p, e.host)
        if not known then return end
        local first = known.copied
        known.copied = NONE
        if time - first <= HOUR / 2 then hit(p, time, index, e.person, 8) end
    end

    local function upload(p, e, time, index)
        local u = uploads[p.uploads]
        if time >= u.ends then return end
        while u.first <= u.last and u.times[u.first] <= time - 7 * DAY do
            u.sum = u.sum - u.bytes[u.first]
            u.first = u.first + 1
        end
        local before = u.sum > 100000000
        u.last = u.last + 1
        u.times[u.last], u.bytes[u.last] = time, tonumber(e.bytes)
        u.sum = u.sum + tonumber(e.bytes)
        local now = u.sum > 100000000
        if now and not (u.now and before) then
            if u.hits == 0 then raise(index, e.person, 1, 2) end
            u.hits = u.hits + 1
        end
        u.now = now
    end

    return function(events_address, count, alerts_address)
        local events = ffi.cast("const plain_event*", events_address)
        alerts, alert_count = ffi.cast("plain_alert*", alerts_address), 0
        for index = 0, count - 1 do
            local e = events[index]
            local p = people[e.person]
            local kind = e.type
            local time = tonumber(e.time)
            if kind == FILE_COPY then
                copy(p, e, time, index)
            elseif kind == WEB_UPLOAD then
                if p.uploads ~= 0 then upload(p, e, time, index) end
            elseif kind == LOGON then
                if e.success ~= 0 then logon(p, e, time, index) end
            elseif kind == LOGOFF then
                logoff(p, e, time, index)
            elseif kind == CONNECT then
                connect(p, e, time)
            elseif kind == TERMINATION then
                if p.uploads == 0 then
                    uploads[#uploads + 1] = { times = {}, bytes = {}, first = 1, last = 0, sum = 0, hits = 0, now = false }
                    p.uploads = #uploads
                end
                uploads[p.uploads].ends = time + 30 * DAY
            end
        end
        return alert_count
    end
end

return make
