"""The networks of ../models.ts in PyTorch, eager. Takes a job a line on standard input, answers with milliseconds.

Usage: torch_peer.py FOLDER THREADS. FOLDER holds index.json (name -> dtype, shape, file) and raw little-endian numbers.
The result of the last run of each job is left in FOLDER/JOB.out.
"""
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

FOLDER = Path(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
INDEX = json.loads((FOLDER / "index.json").read_text())
SIZES = INDEX["sizes"]


def tensors(part):
    types = {"float32": np.float32, "int32": np.int32}
    loaded = {}
    for name, entry in INDEX[part].items():
        numbers = np.fromfile(FOLDER / entry["file"], dtype=types[entry["dtype"]]).reshape(entry["shape"])
        loaded[name] = torch.from_numpy(numbers)
    return loaded


def attend(x, heads):
    B, L, W = x.shape
    return x.view(B, L, heads, W // heads).transpose(1, 2)


def block(p, name, x, heads):
    W = x.shape[-1]
    h = F.layer_norm(x, (W,), p[name + ".gamma1"], p[name + ".beta1"], 1e-5)
    q, k, v = (attend(part, heads) for part in (h @ p[name + ".qkv"]).split(W, dim=-1))
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
    x = x + y @ p[name + ".out"]
    h = F.layer_norm(x, (W,), p[name + ".gamma2"], p[name + ".beta2"], 1e-5)
    return x + F.linear(F.gelu(F.linear(h, p[name + ".up"].T, p[name + ".upBias"])), p[name + ".down"].T, p[name + ".downBias"])


def trunk(p, x, size):
    for i in range(size["layers"]):
        x = block(p, f"block{i}", x, size["heads"])
    return F.layer_norm(x, (size["width"],), p["gamma"], p["beta"], 1e-5)


def denoise(p, x, t):
    half = SIZES["denoiser"]["width"] // 2
    frequencies = torch.exp(-math.log(10000) * torch.arange(half) / half)
    angles = t[:, None] * 1000 * frequencies
    level = F.silu(torch.cat([angles.sin(), angles.cos()], 1) @ p["time1"]) @ p["time2"]
    return trunk(p, x @ p["in"] + p["position"] + level[:, None], SIZES["denoiser"]) @ p["last"]


def class_log_prob(p, x):
    h = trunk(p, x @ p["in"] + p["position"], SIZES["classifier"])
    return F.log_softmax(h.mean(1) @ p["last"], -1)[:, 1].sum()


def diffusion_loss(p, ids, t, noise):
    x0 = F.embedding(ids, p["embedding"])
    column = lambda y: y.view(-1, 1, 1)
    predicted = denoise(p, column((1 - t).sqrt()) * x0 + column(t.sqrt()) * noise, t)
    logits = (predicted @ p["unembedding"]).flatten(0, 1)
    return F.mse_loss(predicted, x0) + F.cross_entropy(logits, ids.flatten().long())


DATA = tensors("data")
FORWARD, CLASSIFIER = tensors("forward"), tensors("classifier gradient")
TRAINED = {name: tensor.requires_grad_() for name, tensor in tensors("training step").items()}
ADAM = INDEX["adam"]
OPTIMIZER = torch.optim.AdamW(
    TRAINED.values(), lr=ADAM["rate"], betas=(ADAM["beta1"], ADAM["beta2"]), eps=ADAM["epsilon"], weight_decay=ADAM["weightDecay"]
)


def forward():
    with torch.inference_mode():
        return denoise(FORWARD, DATA["x"], DATA["time"])


def classifier_gradient():
    x = DATA["x"].detach().requires_grad_()
    return torch.autograd.grad(class_log_prob(CLASSIFIER, x), x)[0]


def training_step():
    OPTIMIZER.zero_grad()
    loss = diffusion_loss(TRAINED, DATA["ids"], DATA["time"], DATA["noise"])
    loss.backward()
    OPTIMIZER.step()
    return loss.detach().reshape(1)


JOBS = {"forward": forward, "classifier gradient": classifier_gradient, "training step": training_step}
print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    job = line.strip()
    start = time.perf_counter()
    result = JOBS[job]()
    milliseconds = (time.perf_counter() - start) * 1000
    result.detach().numpy().astype(np.float32).tofile(FOLDER / f"{job}.out")
    print(json.dumps({"ms": milliseconds}), flush=True)
