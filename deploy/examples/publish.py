# python3 publish.py BUYER LICENCE GRADE KG    files a request and prints the answer
import os, sys, time, zmq
sys.path.insert(0, "build/gen/python")  # make python-protos
from tasheem.common.v1.common_pb2 import Code, Envelope, Item, ReasonCode, Reply
from tasheem.quota.v1.quota_pb2 import COMMAND_KIND_REQUEST_FILE, Request, RequestFile, RequestLine

env = os.environ
buyer, licence, grade, kg = sys.argv[1:5]
secret = open(env["TASHEEM_SECRET_KEY_FILE"]).readline().strip().encode()
principals = [line.split() for line in open(env["TASHEEM_PRINCIPALS_FILE"])]
offset = int(open(env["TASHEEM_CLOCK_FILE"]).read()) if env.get("TASHEEM_CLOCK_FILE") else 0
now_ms = int(time.time() * 1000) + offset

socket = zmq.Context().socket(zmq.DEALER)
socket.curve_serverkey = next(p[2].encode() for p in principals if p[:1] == ["quota"])
socket.curve_publickey, socket.curve_secretkey = zmq.curve_public(secret), secret
socket.connect(env["TASHEEM_QUOTA"])

noise = int.from_bytes(os.urandom(10), "big") & ((0xFFF << 64) | ((1 << 62) - 1))
uuid7 = (now_ms << 80 | 7 << 76 | 2 << 62 | noise).to_bytes(16, "big")  # repeat it if no answer comes
request = Request(buyer_id=buyer, request_id=f"PY{now_ms}", grade=grade, quantity_kg=int(kg), max_price_rial_per_kg=900_000,
                  lines=[RequestLine(party_id=buyer, licence_id=licence, wanted_kg=int(kg))])
item = Item(id=uuid7, kind=COMMAND_KIND_REQUEST_FILE, payload=RequestFile(request=request).SerializeToString())
socket.send(Envelope(items=[item], correlation_id=f"{buyer}/{request.request_id}").SerializeToString())
for answer in Reply.FromString(socket.recv()).answers:
    print(Code.Name(answer.code), *(f"{ReasonCode.Name(r.code)}({r.subject})" for r in answer.reasons))
    print(*(f"{b.licence_id} {b.family} free {b.free_kg} kg" for b in answer.balances), sep="\n")
