"""What graphics cards run: the rule of covering.py for each pixel, on pieces that camera.py projects."""

from typing import Final

HEAD: Final = "#version 330 core\n"
HEAD_OF_ES: Final = "#version 300 es\nprecision highp float;\nprecision highp int;\n"

VERTEX: Final = """
in vec3 start;
in vec3 end;
in vec2 radii;
in vec2 bends;
in vec2 corner;  // which end (0, 1), which side (-1, 1)
in vec4 colour;

uniform mat3 rotation;
uniform vec3 centre;
uniform vec2 size;  // pixels
uniform float scale;  // pixels per micrometre at the centre
uniform float one_over_eye;
uniform float nearest;
uniform float least_radius;  // pixels

out vec2 place;  // pixels from the middle of the picture, y upwards
flat out vec4 axis;  // start and direction, pixels
flat out vec4 shape;  // length, radii, tilt
flat out vec4 depths;  // of the axis, and thicknesses
flat out vec2 turns;
flat out vec3 paint;

void main() {
    vec3 near_end = rotation * (start - centre);
    vec3 far_end = rotation * (end - centre);
    vec2 scales = scale / (1.0 - min(vec2(near_end.z, far_end.z) * one_over_eye, nearest));
    vec2 from = near_end.xy * scales.x;
    vec2 to = far_end.xy * scales.y;
    vec2 pixels = max(radii * scales, least_radius);
    float length_px = length(to - from);
    vec2 along = length_px < 1e-5 ? vec2(1.0, 0.0) : (to - from) / length_px;
    float length_um = length(end - start);
    float tilt = length_um > 0.0 ? abs(far_end.z - near_end.z) / length_um : 0.0;
    tilt = min(tilt, 1.0);
    float widest = max(pixels.x, pixels.y);
    turns = vec2(pixels.x > 1.0 ? bends.x : 0.0, pixels.y > 1.0 ? bends.y : 0.0);
    float past = max(tilt, max(turns.x, turns.y)) * widest + 1.0;
    vec2 across = vec2(-along.y, along.x);
    place = mix(from - along * past, to + along * past, corner.x) + across * corner.y * (widest + 1.0);
    axis = vec4(from, along);
    shape = vec4(max(length_px, 1e-5), pixels, tilt);
    depths = vec4(near_end.z, far_end.z, radii * sqrt(max(1.0 - tilt * tilt, 0.0)));
    paint = colour.rgb;
    bool is_behind_eye = max(near_end.z, far_end.z) * one_over_eye >= nearest;
    gl_Position = is_behind_eye ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(place * 2.0 / size, 0.0, 1.0);
}
"""

FRAGMENT: Final = """
in vec2 place;
flat in vec4 axis;
flat in vec4 shape;
flat in vec4 depths;
flat in vec2 turns;
flat in vec3 paint;

uniform float middle_depth;
uniform float depth_range;
uniform float thin;  // pixels
uniform float darkest;

uniform bool is_smooth;

out vec4 pixel;

float covered(float outside) {  // only sides are smooth: two smooth ends would leave a seam
    return is_smooth ? clamp(0.5 - outside, 0.0, 1.0) : (outside <= 0.0 ? 1.0 : 0.0);
}

void main() {
    vec2 from_start = place - axis.xy;
    float along = dot(from_start, axis.zw);
    float across = abs(from_start.y * axis.z - from_start.x * axis.w);
    float fraction = clamp(along / shape.x, 0.0, 1.0);
    float radius = mix(shape.y, shape.z, fraction);
    float beyond = max(max(-along, along - shape.x), 0.0);
    float facing = sqrt(max(1.0 - (across / radius) * (across / radius), 0.0));
    bool has_body = beyond <= radius * shape.w * facing;
    bool has_cap = beyond <= radius * (along < 0.0 ? turns.x : turns.y);
    float of_body = has_body ? covered(across - radius) : 0.0;
    float of_cap = has_cap ? covered(length(vec2(beyond, across)) - radius) : 0.0;
    bool is_body = of_body >= of_cap;
    float alpha = max(of_body, of_cap);
    if (alpha <= 0.0) discard;
    float thickness = mix(depths.z, depths.w, fraction) * (is_body ? facing : -1.0);
    float depth = mix(depths.x, depths.y, fraction) + thickness - middle_depth;
    gl_FragDepth = clamp(0.5 - 0.5 * depth / depth_range, 0.0, 1.0);
    float light = radius > thin ? mix(darkest, 1.0, facing) : 1.0;
    pixel = vec4(paint * light, alpha);
}
"""
