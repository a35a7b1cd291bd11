-- wrk's requests: listings by id (the file IDS, one a line), pages of listings, or what there isn't, in the mix that MIX names:
--   id       one listing, each with the same chance
--   page     the first page
--   mixed    seven listings, two pages, one that is not there: a tenth are 404
--   broken   a page, the keys of tokens, and whose TOKEN it is, in turn: a third fails when listings are down
-- PAUSE is the time between an answer and a client's next request, in milliseconds.
local mix = os.getenv("MIX") or "id"
local pause = tonumber(os.getenv("PAUSE") or "0")
local personal = { ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or "") }
local ids = {}
for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end

local threads = {}
function setup(thread)
   thread:set("number", #threads + 1)
   table.insert(threads, thread)
end

local step = 0

function init(args)
   math.randomseed(number)
   for code = 0, 5 do _G["status" .. code] = 0 end
end

local function listing() return "/api/listings/" .. ids[math.random(#ids)] end
local page = "/api/listings?limit=20"

function request()
   step = step + 1
   local path = page
   if mix == "id" then path = listing()
   elseif mix == "broken" then
      if step % 3 == 0 then return wrk.format("GET", "/api/users/me", personal) end
      if step % 3 == 1 then path = "/auth/.well-known/jwks.json" end
   elseif mix == "mixed" then
      if step % 10 == 0 then path = "/api/listings/00000000-0000-7000-8000-000000000000"
      elseif step % 10 > 2 then path = listing() end
   end
   return wrk.format("GET", path)
end

if pause > 0 then
   -- Clients begin at different times.
   function delay() return step < 60 and math.random(pause) or pause end
end

function response(status)
   local key = "status" .. math.floor(status / 100)
   _G[key] = _G[key] + 1
end

function done(summary, latency)
   local counts = {}
   for code = 2, 5 do
      local count = 0
      for _, thread in ipairs(threads) do count = count + thread:get("status" .. code) end
      counts[#counts + 1] = string.format('"%dxx": %d', code, count)
   end
   io.write(string.format(
      'JSON {"requests": %d, "seconds": %.6f, "bytes": %d, "p50": %.6f, "p99": %.6f, "max": %.6f, "connect": %d, "read": %d, "write": %d, "timeout": %d, %s}\n',
      summary.requests, summary.duration / 1e6, summary.bytes,
      latency:percentile(50) / 1e6, latency:percentile(99) / 1e6, latency.max / 1e6,
      summary.errors.connect, summary.errors.read, summary.errors.write, summary.errors.timeout,
      table.concat(counts, ", ")))
end
