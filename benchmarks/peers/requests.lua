-- wrk's requests for one operation of one candidate: random rows, a thousand callers. All it needs is in the environment.
local operation, method = os.getenv("OPERATION"), os.getenv("METHOD")
local path, rows = os.getenv("PATH_FORMAT"), tonumber(os.getenv("ROWS"))
local signed_in = os.getenv("SIGNED_IN") == "1"
local tokens = {}

function init()
  math.randomseed(tonumber(os.getenv("SEED")))
  for line in io.lines(os.getenv("TOKENS")) do
    tokens[#tokens + 1] = "Bearer " .. line
  end
end

function request()
  local headers, body = {}, nil
  if signed_in then
    headers["authorization"] = tokens[math.random(#tokens)]
  end
  if operation == "create" then
    headers["content-type"] = "application/json"
    body = '{"body":"A new post ' .. math.random(1e9) .. ' about little, \\"quoted\\" and é, of some length as posts are."}'
  end
  return wrk.format(method, path:format(math.random(rows)), headers, body)
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    'FOUND {"requests": %d, "microseconds": %d, "median_us": %.0f, "p99_us": %.0f, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    failed.status + failed.connect + failed.read + failed.write + failed.timeout))
end
