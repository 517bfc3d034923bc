# The image of the action: one static program, the CA list, and the licence texts of what is linked in (docs/container.md).
# Releases give BASE by digest; checks without a registry give a local name.
ARG BASE=debian:13-slim
# The action's own repository, for the label and for the program: a fork that releases itself gives its own (B-16a, docs/releasing.md).
ARG SOURCE=https://github.com/org/atomic-chart-release

# --target packages: what the archive must give; fails alone when it does not answer.
FROM ${BASE} AS packages
WORKDIR /src
COPY scripts/install-build-packages scripts/
RUN scripts/install-build-packages

# The program's own files alone: a change of a test, a text or this file compiles nothing again.
FROM packages AS build
COPY CMakeLists.txt LICENSE ./
COPY cmake cmake
COPY third_party third_party
COPY src src
COPY entrypoint entrypoint
ARG SOURCE
# Warnings stop developers, not those who build a release with a compiler that is newer. -O2 instead of CMake's -O3 makes the layer 0.8 MB smaller.
RUN cmake -S . -B build/image -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" -DACR_STATIC=ON -DACR_SOURCE="${SOURCE}" -DACR_TESTS=OFF -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF \
 && cmake --build build/image --target atomic-chart-release

FROM build AS check
# CHECK=no leaves the tests out: for those who have just run them.
ARG CHECK=yes
COPY tests tests
RUN if [ "${CHECK}" = yes ]; then cmake -DACR_TESTS=ON build/image && cmake --build build/image; fi
COPY . .
RUN if [ "${CHECK}" = yes ]; then ctest --test-dir build/image --output-on-failure -j "$(nproc)"; fi && echo "${CHECK}" >/checked

FROM build AS image
COPY scripts/check-hardening scripts/lay-out-image scripts/
ARG SOURCE_DATE_EPOCH=0
RUN scripts/check-hardening build/image && scripts/lay-out-image build/image/atomic-chart-release /image /sbom.spdx.json
# No image without the stage above: builders leave out what nothing is copied from.
COPY --from=check /checked /checked

# --target sbom --output DIRECTORY: the list of what is linked in.
FROM scratch AS sbom
COPY --from=image /sbom.spdx.json /

FROM scratch
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE
LABEL org.opencontainers.image.title="atomic-chart-release" \
      org.opencontainers.image.description="Proves tags and attestations of Helm charts, packages them reproducibly, and fails closed" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=image /image/ /
# No USER: the workspace and the command files belong to the runner's user, whom the image does not know.
ENTRYPOINT ["/usr/bin/atomic-chart-release"]
