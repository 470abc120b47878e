"""Files for clusters: Kubernetes, with Knative as a choice, and Ray Serve."""

from __future__ import annotations

from collections.abc import Iterable
from string import Template

from werkbook.export.exporter import MARK
from werkbook.export.project.environment_variables import Variable
from werkbook.export.project.workers import Workers


def kubernetes_files(
    workers: Workers, variables: Iterable[Variable], secrets: list[str]
) -> dict[str, str]:
    """Write the objects of a Deployment, and of a Knative Service in its place.

    Args:
        workers: One worker means one replica, too: what lives in a process lives once.
        variables: What the app reads; what it cannot do without comes from the secret.
        secrets: The secret keys that stand in the source; then SECRET_KEY is needed.
    """
    names = {one.name for one in variables if one.default is None}
    names |= {one.name for one in variables if one.default in secrets}
    if secrets:
        names.add("SECRET_KEY")
    single = workers.count == 1
    why = "".join(f"# {line}\n" for line in workers.why) if single else ""
    values = {
        "mark": MARK,
        "why": why,
        "replicas": "1" if single else "2",
        "strategy": "Recreate" if single else "RollingUpdate",
        "most": "1" if single else "10",
    }
    found = {
        "kubernetes/deployment.yaml": Template(_DEPLOYMENT).substitute(values),
        "kubernetes/service.yaml": Template(_SERVICE).substitute(values),
        "kubernetes/knative.yaml": Template(_KNATIVE).substitute(values),
    }
    listed = "".join(f'  {name}: "change me"\n' for name in sorted(names))
    secret = Template(_SECRET).substitute(mark=MARK, listed=listed or "  {}\n")
    found["kubernetes/secret.yaml"] = secret
    return found


def ray_files(workers: Workers, *, is_asgi: bool) -> dict[str, str]:
    """Write a Ray Serve application whose replicas each hold the app."""
    single = workers.count == 1
    why = "".join(f"# {line}\n" for line in workers.why) if single else ""
    wrap = "    application = app" if is_asgi else _AS_ASGI
    source = Template(_RAY).substitute(
        mark=MARK,
        why=why,
        replicas="1" if single else "2",
        wrap=wrap,
        imports="" if is_asgi else "from a2wsgi import WSGIMiddleware\n",
    )
    needs = ["-r requirements.txt", "ray[serve]>=2.40", "a2wsgi>=1.10"]
    return {
        "serve_app.py": source,
        "requirements-ray.txt": f"# {MARK}\n" + "".join(f"{one}\n" for one in needs),
    }


_POD = """\
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        seccompProfile:
          type: RuntimeDefault
      terminationGracePeriodSeconds: 40
      containers:
        - name: app
          image: registry.example.org/app:1
          ports:
            - name: http
              containerPort: 8000
          envFrom:
            - secretRef:
                name: app
          env:
            - name: LOG_FORMAT
              value: json
          startupProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 5
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 10
            timeoutSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: 256Mi
            limits:
              memory: 512Mi
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: ["ALL"]
"""

_DEPLOYMENT = (
    """\
# $mark
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  labels:
    app: app
spec:
${why}  replicas: $replicas
  strategy:
    type: $strategy
  selector:
    matchLabels:
      app: app
  template:
    metadata:
      labels:
        app: app
    spec:
"""
    + _POD
)

_SERVICE = """\
# $mark
apiVersion: v1
kind: Service
metadata:
  name: app
spec:
  selector:
    app: app
  ports:
    - name: http
      port: 80
      targetPort: http
"""

_KNATIVE = """\
# $mark
# In place of deployment.yaml and service.yaml, where Knative Serving is installed.
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: app
spec:
  template:
    metadata:
      annotations:
${why}        autoscaling.knative.dev/max-scale: "$most"
    spec:
      timeoutSeconds: 60
      containers:
        - name: app
          image: registry.example.org/app:1
          ports:
            - name: http1
              containerPort: 8000
          envFrom:
            - secretRef:
                name: app
          readinessProbe:
            httpGet:
              path: /healthz
          resources:
            requests:
              cpu: 100m
              memory: 256Mi
            limits:
              memory: 512Mi
"""

_SECRET = """\
# $mark
# Keep the filled-in file out of version control.
apiVersion: v1
kind: Secret
metadata:
  name: app
type: Opaque
stringData:
$listed"""

_AS_ASGI = """\
    # Ray Serve speaks ASGI; a thread for each request that is under way.
    application = WSGIMiddleware(app, workers=10)"""

_RAY = '''\
"""The app as Ray Serve loads it; $mark."""

${imports}from ray import serve


def build():
    """Load the app in the replica that is to hold it."""
    from app import app

$wrap
    return application


${why}@serve.deployment(num_replicas=$replicas)
@serve.ingress(build)
class Replica:
    """One process with the app, its models loaded once."""


app = Replica.bind()
'''
