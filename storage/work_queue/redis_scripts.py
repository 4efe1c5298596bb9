"""The work queue's steps as Lua scripts: each moves a job from one state to the next, or changes nothing.

Every script gets KEYS = jobs, delayed, dead, totals and, except ``CLAIM``, the job's hash; ARGV[1] = the prefix of the
job hashes. Time is Redis's own, so workers' clocks need not agree.
"""

from __future__ import annotations

from storage.redis.client import Script

_COMMON = """
local jobs, delayed, dead, totals = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group = 'workers'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function job_key(id) return ARGV[1] .. id end
local function mark(id, state, ...)
  redis.call('HSET', job_key(id), 'state', state, 'updated', now, ...)
end
local function put_in_line(id)
  mark(id, 'waiting', 'entry', redis.call('XADD', jobs, '*', 'id', id))
end
local function take_off(id)
  local entry = redis.call('HGET', job_key(id), 'entry')
  redis.call('XACK', jobs, group, entry)
  redis.call('XDEL', jobs, entry)
end
local function kill(id, reason)
  mark(id, 'dead', 'reason', reason)
  redis.call('ZADD', dead, now, id)
end
local function holds(id, attempt)
  local found = redis.call('HMGET', job_key(id), 'state', 'attempts')
  return found[1] == 'running' and found[2] == attempt
end
"""

ENQUEUE = Script(
    _COMMON
    + """
local id, kind, payload, delay_ms = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
if redis.call('EXISTS', job_key(id)) == 1 then return 0 end
redis.call('HSET', job_key(id), 'kind', kind, 'payload', payload, 'attempts', 0, 'enqueued', now)
if delay_ms > 0 then
  mark(id, 'delayed')
  redis.call('ZADD', delayed, now + delay_ms, id)
else
  put_in_line(id)
end
return 1
"""
)

#: Returns the stream's last id, the milliseconds until the next delayed job (-1: none), and flat rows of claims.
CLAIM = Script(
    _COMMON
    + """
local worker, limit, lease_ms, max_attempts = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local worker_lost = ARGV[6]
redis.pcall('XGROUP', 'CREATE', jobs, group, '0', 'MKSTREAM')
local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, 100)
-- While a cluster moves the slot, a hash that has moved already ends the script here, before it has changed anything.
for _, id in ipairs(due) do redis.call('EXISTS', job_key(id)) end
for _, id in ipairs(due) do
  redis.call('ZREM', delayed, id)
  put_in_line(id)
end

local reply = {}
local taken = 0
local function take(entry, lost)
  local id = entry[2][2]
  local attempts = tonumber(redis.call('HGET', job_key(id), 'attempts'))
  if attempts >= max_attempts then
    take_off(id)
    kill(id, 'abandoned by its workers: every attempt ended without a word')
  else
    mark(id, 'running', 'attempts', attempts + 1, 'worker', worker)
    if lost then redis.call('HSET', job_key(id), 'reason', worker_lost) end
    local found = redis.call('HMGET', job_key(id), 'kind', 'payload', 'reason')
    taken = taken + 1
    for _, part in ipairs({id, found[1], found[2], attempts + 1, found[3] or ''}) do reply[#reply + 1] = part end
  end
end

local cursor = '0-0'
repeat
  local stale = redis.call('XAUTOCLAIM', jobs, group, 'any', lease_ms, cursor, 'COUNT', limit - taken)
  cursor = stale[1]
  for _, entry in ipairs(stale[2]) do
    if entry and entry[2] then take(entry, true) end
  end
until cursor == '0-0' or taken >= limit
while taken < limit do
  local fresh = redis.call('XREADGROUP', 'GROUP', group, 'any', 'COUNT', limit - taken, 'STREAMS', jobs, '>')
  if not fresh then break end
  for _, entry in ipairs(fresh[1][2]) do take(entry, false) end
end

local info = redis.call('XINFO', 'STREAM', jobs)
local last_id = '0-0'
for place = 1, #info, 2 do
  if info[place] == 'last-generated-id' then last_id = info[place + 1] end
end
local next_due = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
return {last_id, next_due[2] and math.max(0, next_due[2] - now) or -1, unpack(reply)}
"""
)

EXTEND = Script(
    _COMMON
    + """
if not holds(ARGV[2], ARGV[3]) then return 0 end
redis.call('XCLAIM', jobs, group, 'any', 0, redis.call('HGET', job_key(ARGV[2]), 'entry'), 'JUSTID')
return 1
"""
)

ACK = Script(
    _COMMON
    + """
local id, kept_ms = ARGV[2], ARGV[3]
local state = redis.call('HGET', job_key(id), 'state')
if not state or state == 'done' then return 0 end
if state == 'delayed' then
  redis.call('ZREM', delayed, id)
elseif state == 'dead' then
  redis.call('ZREM', dead, id)
else
  take_off(id)
end
mark(id, 'done')
redis.call('HDEL', job_key(id), 'payload')
redis.call('PEXPIRE', job_key(id), kept_ms)
redis.call('HINCRBY', totals, 'done', 1)
return 1
"""
)

RETRY = Script(
    _COMMON
    + """
local id, attempt, reason, delay_ms, max_attempts = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
if not holds(id, attempt) then return false end
take_off(id)
if tonumber(attempt) >= max_attempts then
  kill(id, reason)
  return 'dead'
end
mark(id, 'delayed', 'reason', reason)
redis.call('ZADD', delayed, now + delay_ms, id)
return 'delayed'
"""
)

GIVE_BACK = Script(
    _COMMON
    + """
local id, attempt = ARGV[2], ARGV[3]
if not holds(id, attempt) then return 0 end
take_off(id)
redis.call('HINCRBY', job_key(id), 'attempts', -1)
put_in_line(id)
return 1
"""
)

REVIVE = Script(
    _COMMON
    + """
local id = ARGV[2]
if redis.call('ZREM', dead, id) == 0 then return 0 end
redis.call('HSET', job_key(id), 'attempts', 0)
put_in_line(id)
return 1
"""
)

ERASE = Script(
    _COMMON
    + """
local id = ARGV[2]
local state = redis.call('HGET', job_key(id), 'state')
if not state then return 0 end
if state == 'waiting' or state == 'running' then take_off(id) end
redis.call('ZREM', delayed, id)
redis.call('ZREM', dead, id)
return redis.call('DEL', job_key(id))
"""
)

#: Milliseconds since the oldest entry was added, by the server's clock; 0 without one.
OLDEST = """
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not first then return 0 end
local now = redis.call('TIME')
return now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(string.match(first[1], '^%d+'))
"""

#: XPENDING's count; 0 before the first claim creates the group.
PENDING = "local found = redis.pcall('XPENDING', KEYS[1], 'workers') return found.err and 0 or found[1]"
