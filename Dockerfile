# The image of web, worker, beat and migrate; what each of them runs stands in docker-compose.yml.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/opt/venv/bin:$PATH \
    FLASK_APP=wsgi \
    DATA_DIR=/data

# A fixed number, so that files in a volume keep their owner from one image to the next.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app \
 && install --directory --owner=app --group=app /data

WORKDIR /app
COPY requirements.txt .
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv install --no-cache-dir --only-binary=:all: -r requirements.txt
COPY . .

USER 10001:10001
CMD ["gunicorn", "--config", "docker/gunicorn.conf.py", "wsgi:app"]
