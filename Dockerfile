# One image for all processes; docker-compose.yml says which command each runs.

FROM node:20-bookworm-slim AS frontend
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY frontend frontend
RUN npm run build

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1
COPY tools/requirements/uv.txt tools/requirements/
RUN pip install --no-cache-dir --require-hashes -r tools/requirements/uv.txt
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --group build
COPY . .
COPY --from=frontend /app/frontend/dist frontend/dist
COPY --from=frontend /app/node_modules/@fontsource/ma-shan-zheng node_modules/@fontsource/ma-shan-zheng
RUN .venv/bin/python -m tools.catalogues compile \
 && .venv/bin/python manage.py collectstatic --noinput \
 && uv sync --frozen --no-dev \
 && rm -rf tools frontend var

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-hanazono \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /app qianbei \
 && install -d -o qianbei -m 700 /var/lib/qianbei /var/lib/qianbei/signer /var/lib/qianbei/province /var/lib/qianbei/pki
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production QIANBEI_VAR=/var/lib/qianbei
USER qianbei
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm"]
