-- What wrk asks and what it tells at the end: one line of JSON. QUESTIONS is a file, a question in each line:
-- path, tab, cookie. They are asked in random order.
local questions = {}
for line in io.lines(os.getenv("QUESTIONS")) do
  local path, cookie = line:match("([^\t]*)\t?(.*)")
  local headers = { ["Accept-Encoding"] = "gzip" }
  if cookie ~= "" then headers["Cookie"] = cookie end
  if os.getenv("IF_NONE_MATCH") then headers["If-None-Match"] = os.getenv("IF_NONE_MATCH") end
  if os.getenv("HOST") then headers["Host"] = os.getenv("HOST") end
  questions[#questions + 1] = { path, headers }
end
local ready = {}

init = function()
  for i, question in ipairs(questions) do
    ready[i] = wrk.format("GET", question[1], question[2])
  end
  math.randomseed(1)
end

request = function()
  if #ready == 1 then return ready[1] end
  return ready[math.random(#ready)]
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "p999": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency:percentile(99.9) / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
