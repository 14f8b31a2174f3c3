-- For wrk: each sealed ballot of CASTS once, over as many connections as there are; then it stops. What came back is
-- kept: STORED gets the tracker of every receipt.
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, micros; } moment; int gettimeofday(moment *, void *);")
local counter = 0
local threads = {}

local function now()
	local moment = ffi.new("moment")
	ffi.C.gettimeofday(moment, nil)
	return tonumber(moment.seconds) + tonumber(moment.micros) / 1e6
end

function setup(thread)
	thread:set("number", counter)
	thread:set("lanes", tonumber(os.getenv("LANES")))
	counter = counter + 1
	threads[#threads + 1] = thread
end

function init()
	requests, sent, stored, refused, first_refusal, receipts = {}, 0, 0, 0, "", {}
	first, last = 0, 0
	local line_number = 0
	for line in io.lines(os.getenv("CASTS")) do
		if line_number % lanes == number then
			local token, csrf, ballot = line:match("^(%x+)\t(%x+)\t%x+\t(%x+)$")
			local body = ballot:gsub("%x%x", function(x) return string.char(tonumber(x, 16)) end)
			requests[#requests + 1] = wrk.format("POST", "/api/cast", {
				["Content-Type"] = "application/octet-stream",
				["Cookie"] = "__Host-vemre=" .. token,
				["X-Vemre-CSRF"] = csrf,
			}, body)
		end
		line_number = line_number + 1
	end
end

-- Round and round until each has its receipt: what is sent a second time (wrk throws its first request away, and asks for
-- more while the last answers are on their way) must get the same receipt again.
function request()
	sent = sent % #requests + 1
	if first == 0 then first = now() end
	return requests[sent]
end

function response(status, headers, body)
	local tracker = body:match('"tracker": ?"(%x+)"')
	if status == 200 and tracker and not body:find('"again": ?true') then
		stored = stored + 1
		receipts[stored] = tracker
	elseif not (status == 200 and tracker) then
		refused = refused + 1
		if first_refusal == "" then first_refusal = status .. " " .. body:sub(1, 300) end
	end
	if stored + refused >= #requests then
		last = now()
		local file = io.open(os.getenv("STORED") .. number, "w")
		file:write(table.concat(receipts, "\n"), "\n")
		file:close()
		wrk.thread:stop()
	end
end

function done(summary, latency)
	local all, bad, said, from, to = 0, 0, "", math.huge, 0
	for _, thread in ipairs(threads) do
		all = all + thread:get("stored")
		bad = bad + thread:get("refused")
		from, to = math.min(from, thread:get("first")), math.max(to, thread:get("last"))
		if said == "" then said = thread:get("first_refusal") end
	end
	local seconds = to - from
	local e = summary.errors
	print(string.format("RESULT stored=%d refused=%d lost=%d seconds=%.2f rate=%.0f p50=%.1f p95=%.1f p99=%.1f max=%.1f",
		all, bad, e.connect + e.read + e.write + e.timeout, seconds, all / seconds, latency:percentile(50) / 1000,
		latency:percentile(95) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
	if said ~= "" then print("first refusal: " .. said) end
end
