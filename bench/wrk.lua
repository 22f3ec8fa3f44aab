-- What wrk asks and what it tells at the end: one line of JSON. QUESTIONS is a file with a question in each line:
-- method, path, headers, with tabs between. They are asked at random, or in order from the line IN_ORDER_FROM on.
local ready = {}
for line in io.lines(os.getenv("QUESTIONS")) do
  local method, path, headers = line:match("([^\t]*)\t([^\t]*)\t(.*)")
  local length = method == "POST" and "Content-Length: 0\r\n" or ""
  ready[#ready + 1] = method .. " " .. path .. " HTTP/1.1\r\n" .. headers:gsub("\t", "\r\n") .. "\r\n" .. length .. "\r\n"
end
local at = tonumber(os.getenv("IN_ORDER_FROM"))

init = function()
  math.randomseed(1)
end

request = function()
  if not at then return ready[math.random(#ready)] end
  at = at + 1
  return ready[(at - 1) % #ready + 1]
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "p999": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency:percentile(99.9) / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
